package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.forms.Form;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Treatment;
import java.util.List;

/**
 * All in which Unicorn 2 is known not to do what the manual says, or what we do where the manual
 * says nothing. Each takes the deviation back in what Unicorn left; {@link EmulationByHandTest}
 * tests our side of it.
 */
final class Deviations {
  private Deviations() {}

  /**
   * Of an instruction that was done: a branch to A32 code at an address with bit 1 set is
   * unpredictable (A2.3.1, BXWritePC). Unicorn goes there, we align it down.
   */
  static void takeBackOfDone(PlainRegisters executed) {
    if (ProgramStatus.set(executed) == ArmSet.A32) {
      executed.setProgramCounter(executed.programCounter() & ~3);
    }
  }

  /**
   * Of an instruction that faulted. Unicorn forgets the place in the IT block, which an exception
   * has to keep (B1.8, exception entry); and what LDM has loaded before the fault stays loaded,
   * which is allowed (B1.9, effects of data-aborted instructions: they are unknown then).
   */
  static void takeBackOfFault(Form form, PlainRegisters start, PlainRegisters executed) {
    ProgramStatus.setItState(executed, ProgramStatus.itState(start));
    if (form.treatment() == Treatment.LOAD_MULTIPLE_PC) {
      int list = form.encoding() & (form.length() == Short.BYTES ? 0xFF : 0x7FFF);
      for (int i = 0; i < ArmRegisters.PC; i++) {
        boolean listed = (list >> i & 1) != 0;
        executed.set(i, (listed ? start : executed).get(i));
      }
    }
  }

  /**
   * Of memory after a fault. A store across the end of a page of which the second part fails: the
   * first part is done by Unicorn and not by us. The manual leaves it open (B1.9, effects of
   * data-aborted instructions).
   */
  static void takeBackOfFault(List<byte[]> emulated, List<byte[]> executed) {
    for (int i = 0; i < executed.size(); i++) {
      int end = executed.get(i).length;
      int part = Integer.BYTES - 1;
      System.arraycopy(emulated.get(i), end - part, executed.get(i), end - part, part);
    }
  }
}
