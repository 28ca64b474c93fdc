package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.Set;

/** What assemblers, compilers and linkers fill up with. */
final class Fill {
  /** NOP, {@code mov r0, r0} and {@code andeq r0, r0, r0}. */
  private static final Set<Integer> NOPS_A32 = Set.of(0xE320F000, 0xE1A00000, 0);

  /** NOP, {@code mov r8, r8}, {@code movs r0, r0} and NOP.W. */
  private static final Set<Integer> NOPS_T32 = Set.of(0xBF00, 0x46C0, 0, 0xF3AF8000);

  private Fill() {}

  /** Whether it does nothing, or is a zero. */
  static boolean isNop(Instruction instruction) {
    Set<Integer> nops = instruction.set() == ArmSet.A32 ? NOPS_A32 : NOPS_T32;
    return nops.contains(instruction.encoding());
  }

  /** Whether it may be put where control never comes. */
  static boolean isFill(Instruction instruction) {
    return isNop(instruction) || Flow.of(instruction) == Flow.TRAP;
  }
}
