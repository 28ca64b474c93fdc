package io.github.optprobe.examples;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.examples.riscv.Rv64I;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.HexFormat;

/** The first probe of the RISC-V module of the tutorial: a breakpoint, and then a jump. */
public final class ProbeRiscV {
  public static void main(String[] args) {
    // sum: auipc a1,0x10; add a0,a0,a1; ret
    byte[] code = HexFormat.of().parseHex("97050100" + "3305b500" + "67800000");
    long sum = 0x401000;
    Architecture riscv = new Rv64I();
    try (EmulatedTarget target = EmulatedTarget.of(riscv)) {
      target.map(sum, code, Protection.READ_EXECUTE);
      CodeMap map = CodeMap.of(new CodeMap.Function("sum", AddressRange.ofLength(sum, 12)));
      try (Kprobes kprobes =
          Kprobes.builder(target.text())
              .architecture(riscv)
              .codeMap(map)
              .gate(target.gate())
              .build()) {
        Cpu cpu = kprobes.newCpu(target.data());
        System.out.printf("unprobed: sum(5) = 0x%x%n", target.run(sum, cpu, 5));
        ProbeHandle probe =
            kprobes.register(
                Kprobe.at(new CodeAddress(sum, riscv.instructionSet()))
                    .onHit(registers -> System.out.printf("hit: a0 = %d%n", registers.get("a0")))
                    .build());
        System.out.print(probe.picture());
        for (int i = 0; i < 2; i++) {
          System.out.printf("%s: sum(5) = 0x%x%n", probe.tier().get(), target.run(sum, cpu, 5));
          System.out.printf("traps so far: %d%n", target.counts().traps());
          kprobes.runOptimizer();
        }
        kprobes.list().forEach(System.out::println);
      }
    }
  }
}
