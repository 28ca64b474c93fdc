package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code movs}, {@code cmps}, {@code stos}, {@code lods}, {@code scas}, repeated or not: one hit,
 * however many elements. If an element faults, indices and counter say how far it came, so that the
 * instruction goes on there when it is run again; flags are those from before it.
 *
 * @param bytes of an element: 1, 2, 4 or 8
 * @param addressBits width of indices and counter
 */
record StringInstruction(
    Machine machine, StringOperation operation, Repeat repeat, int bytes, int addressBits)
    implements Emulation {

  enum Repeat {
    /** No prefix: one element, whatever the counter. */
    ONCE,
    /** Until the counter is 0. */
    COUNTED,
    /** Until the counter is 0, and while elements are equal. */
    WHILE_EQUAL,
    /** Until the counter is 0, and while elements differ. */
    WHILE_NOT_EQUAL
  }

  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    StringRun run = new StringRun(this, registers, memory);
    try {
      run.allElements();
    } finally {
      run.saveProgress();
    }
    if (operation.compares()) {
      long flags = machine.flags(registers);
      machine.setFlags(registers, Flags.replaced(flags, Flags.STATUS, run.statusFlags(flags)));
    }
    machine.go(registers, next);
  }

  /** Whether it ends behind an element that was compared, the counter apart. */
  boolean endsAfter(long status) {
    boolean equal = Flags.has(status, Flags.ZERO);
    return switch (repeat) {
      case ONCE -> true;
      case COUNTED -> false;
      case WHILE_EQUAL -> !equal;
      case WHILE_NOT_EQUAL -> equal;
    };
  }
}
