package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.Privilege;

/**
 * {@code popf}, {@code popfd}, {@code popfq}: what the privilege does not permit to change stays as
 * it is, silently.
 *
 * @param bytes 2, 4 or 8
 */
record PopFlags(Machine machine, int bytes, Privilege privilege) implements Emulation {
  private static final long ANYBODY_IN_16_BITS =
      Flags.STATUS | Flags.TRAP | Flags.DIRECTION | Flags.NESTED_TASK;
  private static final long ANYBODY_BEYOND = Flags.ALIGNMENT_CHECK | Flags.IDENTIFICATION;

  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    long top = machine.stackPointer(registers);
    long image = memory.load(top, bytes);
    long flags = machine.flags(registers);
    machine.setFlags(registers, Flags.replaced(flags, changed(flags), image & ~Flags.RESUME));
    machine.setStackPointer(registers, top + bytes);
    machine.go(registers, next);
  }

  private long changed(long flags) {
    long beyond = bytes == Short.BYTES ? 0 : ANYBODY_BEYOND | Flags.RESUME;
    return ANYBODY_IN_16_BITS | beyond | privileged(flags);
  }

  private long privileged(long flags) {
    if (privilege == Privilege.KERNEL) {
      return Flags.INTERRUPT | Flags.IO_PRIVILEGE;
    }
    // User code may change IF only where the I/O privilege level is its own.
    boolean ioPrivileged = (flags & Flags.IO_PRIVILEGE) == Flags.IO_PRIVILEGE;
    return ioPrivileged ? Flags.INTERRUPT : 0;
  }

  @Override
  public boolean replacesCopy() {
    return true;
  }
}
