package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import java.util.Set;

/**
 * What handlers see at the gate has to be what the program had; and what a compiled function may
 * change, the program must not notice.
 */
final class GateCheck {
  private static final long JUNK = 0xdead_beef_5a5a_a5a5L;

  private final Executor executor;
  private final GateFrame frame;
  private final int[] clobbered;

  /**
   * Creates it.
   *
   * @param clobbered registers that the gate changes, as a function may
   */
  GateCheck(Executor executor, Set<String> clobbered) {
    this.executor = executor;
    frame = executor.architecture().newGateFrame(executor.data());
    RegisterFile file = executor.architecture().registers();
    this.clobbered = clobbered.stream().mapToInt(file::indexOf).toArray();
  }

  /** What is wrong with what the gate finds; empty if nothing is. */
  String complaint(MachineState atGate, MachineState start) {
    long probed = frame.probedAddress(atGate);
    if (probed != start.programCounter()) {
      return "the gate is told of a probe at 0x%x".formatted(probed);
    }
    frame.attach(atGate);
    RegisterFile file = start.file();
    for (int i = 0; i < file.size(); i++) {
      long compared = i == file.programCounter() ? -1L : executor.freeBits(i);
      if (((frame.get(i) ^ start.get(i)) & compared) != 0) {
        return "the gate sees %s as %x, not %x"
            .formatted(file.names().get(i), frame.get(i), start.get(i));
      }
    }
    return "";
  }

  /** Changes what a function may change. */
  void clobber(MachineState atGate) {
    for (int register : clobbered) {
      long free = executor.freeBits(register);
      atGate.set(register, (atGate.get(register) & ~free) | (JUNK & free));
    }
  }
}
