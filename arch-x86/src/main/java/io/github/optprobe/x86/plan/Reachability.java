package io.github.optprobe.x86.plan;

import io.github.optprobe.x86.decode.Instruction;
import java.util.HashSet;
import java.util.Set;

/**
 * Follows a window from its start: an instruction belongs to it if it is reached from the one
 * before, or by a branch of the window. What stands behind a jump or return is reached by other
 * ways (a landing pad by the unwinder, for one), of which not all are known; padding is reached by
 * none.
 */
final class Reachability {
  private final Set<Long> targets = new HashSet<>();
  private boolean reached = true;

  /** Takes the next instruction in. */
  boolean admits(Instruction instruction) {
    reached |= targets.contains(instruction.address());
    boolean admitted = reached || EntryBytes.isNop(instruction);
    if (reached && instruction.relativeBranch()) {
      targets.add(instruction.branchTarget());
    }
    reached &= !endsThere(instruction);
    return admitted;
  }

  private static boolean endsThere(Instruction instruction) {
    return switch (instruction.flow()) {
      case JUMP_RELATIVE, JUMP_INDIRECT, RETURN -> true;
      default -> false;
    };
  }
}
