package io.github.optprobe.examples;

import io.github.optprobe.*;
import io.github.optprobe.text.*;
import io.github.optprobe.x86.X86_64;
import java.util.HexFormat;

public final class EmbedInBytes {
  public static void main(String[] args) {
    byte[] code = HexFormat.of().parseHex("554889e5897dfc8b45fc01c05dc3");
    long base = 0x401000;
    var twice = new CodeMap.Function("twice", AddressRange.ofLength(base, code.length));
    ByteArrayText text = ByteArrayText.at(base, code);
    try (Kprobes kprobes =
        Kprobes.builder(text).codeMap(CodeMap.of(twice)).gate(0x500000).build()) {
      ProbeHandle probe =
          kprobes.register(Kprobe.at(X86_64.at(base)).onHit(r -> r.set("rdi", 21)).build());
      System.out.println(probe.picture().brief());
      kprobes.runOptimizer();
      System.out.println(probe.picture().brief());
      System.out.println(kprobes.explain(X86_64.at(base + 2)));
    }
    System.out.println("restored: " + HexFormat.of().formatHex(code));
  }
}
