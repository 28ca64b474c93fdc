package io.github.optprobe.examples;

import io.github.optprobe.*;
import io.github.optprobe.SymbolResolver.Symbol;
import io.github.optprobe.testkit.emulator.*;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.X86_64;
import java.util.HexFormat;

/** Return probes on a recursive function: what each call was given, and what it returned. */
public final class TraceCalls {
  public static void main(String[] args) {
    byte[] code = HexFormat.of().parseHex("83ff01760d57ffcfe8f3ffffff5f0fafc7c3b801000000c3");
    long base = 0x401000;
    try (EmulatedTarget target = EmulatedTarget.of(new X86_64())) {
      target.map(base, code, Protection.READ_EXECUTE);
      CodeMap map = CodeMap.of(new CodeMap.Function("fact", AddressRange.ofLength(base, 24)));
      try (Kprobes kprobes =
          Kprobes.builder(target.text())
              .codeMap(map)
              .symbols(SymbolResolver.of(new Symbol("fact", X86_64.at(base), 24)))
              .gate(target.gate())
              .build()) {
        kprobes.register(
            Kretprobe.at(new SymbolOffset("fact", 0), () -> new long[1])
                .entryHandler(
                    (call, registers) -> {
                      call.data()[0] = registers.get("rdi");
                      return call.data()[0] > 2 ? EntryOutcome.TRACK : EntryOutcome.VETO;
                    })
                .returnHandler(
                    (call, registers) ->
                        System.out.printf(
                            "fact(%d) = %d, back to 0x%x%n",
                            call.data()[0], call.returnValue(registers), call.returnAddress()))
                .build());
        kprobes.runOptimizer();
        target.run(base, kprobes.newCpu(target.data()), 6);
        kprobes.list().forEach(System.out::println);
      }
    }
  }
}
