package io.github.optprobe.examples.riscv;

import io.github.optprobe.testkit.emulator.EmulatorProfile;
import io.github.optprobe.testkit.emulator.EmulatorProfiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the emulator has to be told. Numbers from Unicorn's {@code unicorn.h} and {@code riscv.h};
 * what happens at traps was found by trying, with Unicorn 2.0.1: {@code ebreak} ends a run with the
 * error for invalid instructions, an invalid instruction is an exception.
 */
public final class RiscVProfiles implements EmulatorProfiles {
  private static final int ARCH_RISCV = 8;
  private static final int MODE_RISCV32 = 4;
  private static final int MODE_RISCV64 = 8;
  private static final int REG_X0 = 1;
  private static final int REG_PC = 190;

  private static final int ERR_INSN_INVALID = 10;

  /** Exception codes: privileged manual, table 3.6. */
  private static final int ILLEGAL_INSTRUCTION = 2;

  private static final Set<Integer> ENVIRONMENT_CALLS = Set.of(8, 9, 11);

  /** {@code wfi}, and {@code jalr zero,0(ra)} behind it. */
  private static final long STUB = 0x0000_8067_1050_0073L;

  private static final int STACK_ALIGNMENT = 16;

  /** Creates it. */
  public RiscVProfiles() {}

  @Override
  public List<EmulatorProfile> profiles() {
    return List.of(profile(Xlen.RV32, MODE_RISCV32), profile(Xlen.RV64, MODE_RISCV64));
  }

  private static EmulatorProfile profile(Xlen xlen, int mode) {
    return new EmulatorProfile(
        xlen.instructionSet().name(),
        xlen.bytes(),
        new EmulatorProfile.Unicorn(ARCH_RISCV, mode, registers(), Map.of()),
        new EmulatorProfile.Calls(
            "pc",
            "sp",
            List.of("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"),
            "a0",
            "ra",
            "tp",
            STACK_ALIGNMENT),
        new EmulatorProfile.Traps(
            ERR_INSN_INVALID,
            EmulatorProfile.NONE,
            ILLEGAL_INSTRUCTION,
            ENVIRONMENT_CALLS,
            Instruction.BYTES,
            STUB,
            Instruction.BYTES),
        unused -> Instruction.BYTES);
  }

  private static Map<String, Integer> registers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 1; i < Register.COUNT; i++) {
      numbers.put(Register.name(i), REG_X0 + i);
    }
    numbers.put("pc", REG_PC);
    return numbers;
  }
}
