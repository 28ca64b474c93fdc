package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code loop}, {@code loope}, {@code loopne}, {@code jcxz} and its kin: a counter as wide as
 * addresses, which the loops decrement <em>before</em> they test it. No flag changes.
 */
record CounterBranch(Machine machine, Kind kind, int counterBits, long target)
    implements Emulation {

  enum Kind {
    /** Until the counter is 0, and while ZF = 0. */
    LOOPNE,
    /** Until the counter is 0, and while ZF = 1. */
    LOOPE,
    /** Until the counter is 0. */
    LOOP,
    /** If the counter is 0. */
    JCXZ
  }

  /** Opcodes E0 to E3, in the order of the kinds. */
  static Kind kindOf(int opcode) {
    return Kind.values()[opcode & 3];
  }

  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    machine.go(registers, isTaken(registers) ? target : next);
  }

  private boolean isTaken(Registers registers) {
    if (kind == Kind.JCXZ) {
      return counter(registers) == 0;
    }
    Machine.setLow(registers, Machine.CX, counterBits, counter(registers) - 1);
    return counter(registers) != 0 && zeroFlagAgrees(registers);
  }

  private long counter(Registers registers) {
    return Machine.low(registers, Machine.CX, counterBits);
  }

  private boolean zeroFlagAgrees(Registers registers) {
    boolean zero = Flags.has(machine.flags(registers), Flags.ZERO);
    return switch (kind) {
      case LOOPE -> zero;
      case LOOPNE -> !zero;
      default -> true;
    };
  }
}
