package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.List;

/**
 * What is left of a run.
 *
 * @param end why it ended
 * @param state where
 * @param memory all watched memory
 * @param modifiesItself whether it stored to the code around it, which no probe can be right about
 */
@SuppressWarnings("ArrayRecordComponent")
record Outcome(Machine.End end, State state, List<byte[]> memory, boolean modifiesItself) {

  /** Whether it changed its own code, or branched to A32 code between words. */
  boolean isUnpredictable() {
    boolean a32 = ProgramStatus.set(state) == ArmSet.A32;
    return modifiesItself || (a32 && (state.programCounter() & 3) != 0);
  }
}
