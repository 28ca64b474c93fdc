package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.conformance.ArchitectureConformance;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** The testkit's rules for architectures, on RV32I. */
@Tag("corpus")
class Rv32IConformanceTest extends ArchitectureConformance {
  @Override
  protected Architecture architecture() {
    return new Rv32I();
  }

  /** RISC-V ELF psABI: not preserved across calls; but for ra, by which the gate returns. */
  @Override
  protected Optional<Set<String>> volatileRegisters() {
    return Optional.of(
        Set.of(
            "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
            "a7"));
  }
}
