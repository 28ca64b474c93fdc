package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.scan.Value.Stack;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Flags;
import java.util.Arrays;

/**
 * What is known of the registers in front of an instruction, and what the flags remember of the
 * last comparison. Mutable, for one thread.
 */
final class State {
  static final int SP = 13;
  static final int LR = 14;
  static final int PC = 15;

  private static final int NONE = -1;
  private static final int FIRST_KEPT = 4;
  private static final int LAST_KEPT = 11;

  private final Value[] values;
  private int compared = NONE;
  private long with;

  private State(Value[] values) {
    this.values = values;
  }

  /** At the start of a function. */
  static State atEntry() {
    State state = filled(Value.OUTSIDE);
    state.values[SP] = new Stack(0);
    state.values[LR] = Value.RETURN;
    return state;
  }

  /**
   * Where a function is entered otherwise, by somebody who left a return address, or by an unwinder
   * that knows that none is used.
   */
  static State unknown() {
    State state = filled(Value.COMPUTED);
    state.values[LR] = Value.RETURN;
    return state;
  }

  private static State filled(Value value) {
    Value[] values = new Value[PC];
    Arrays.fill(values, value);
    return new State(values);
  }

  State copy() {
    State copy = new State(values.clone());
    copy.compared = compared;
    copy.with = with;
    return copy;
  }

  Value get(int register) {
    return values[register];
  }

  void set(int register, Value value) {
    values[register] = value;
    compared = compared == register ? NONE : compared;
  }

  void forgetFlags() {
    compared = NONE;
  }

  /** The flags now say how a register compares with a number, 0 to 2³²-1. */
  void compare(int register, long number) {
    compared = register;
    with = number;
  }

  /** The flags turned out to fulfil a condition; false if they can't. */
  boolean assume(Condition condition) {
    if (compared == NONE) {
      return true;
    }
    if (values[compared] instanceof Numbers number && number.isConstant()) {
      return condition.holds(flags(number.base(), with));
    }
    if (condition == Condition.LS || condition == Condition.CC) {
      long most = condition == Condition.LS ? with : with - 1;
      values[compared] = Values.atMost(values[compared], most);
    }
    return true;
  }

  /** What a comparison of two numbers leaves. */
  private static int flags(long one, long other) {
    int difference = (int) (one - other);
    boolean overflows = (int) one - (long) (int) other != difference;
    return (difference < 0 ? Flags.N : 0)
        | (difference == 0 ? Flags.Z : 0)
        | (one >= other ? Flags.C : 0)
        | (overflows ? Flags.V : 0);
  }

  /** Behind a call of the supervisor, which keeps the link register and more. */
  void callSupervisor() {
    Value link = values[LR];
    call();
    values[LR] = link;
  }

  /**
   * Behind a call. Nothing is known but what callees keep; that the stack pointer is where it was
   * is no part of any proof, and neither are the results.
   */
  void call() {
    for (int register = 0; register < PC; register++) {
      boolean kept = register >= FIRST_KEPT && register <= LAST_KEPT;
      if (!kept && register != SP) {
        values[register] = Value.OUTSIDE;
      } else if (values[register] instanceof Numbers numbers && !numbers.isConstant()) {
        values[register] = Value.COMPUTED;
      } else if (values[register] instanceof Value.Entry) {
        values[register] = Value.COMPUTED;
      }
    }
    values[LR] = Value.COMPUTED;
    forgetFlags();
  }

  /** Some registers are unknown from now on, bit n for register n, and the flags. */
  void forget(int registers) {
    for (int register = 0; register < PC; register++) {
      if ((registers >> register & 1) != 0) {
        set(register, Value.COMPUTED);
      }
    }
    forgetFlags();
  }

  /** Takes in another way to come here; whether anything changed. */
  boolean join(State other, boolean widen) {
    boolean changed = false;
    for (int register = 0; register < PC; register++) {
      Value joined = Values.join(values[register], other.values[register], widen);
      changed |= !joined.equals(values[register]);
      values[register] = joined;
    }
    boolean same = compared == other.compared && with == other.with;
    if (compared != NONE && !same) {
      compared = NONE;
      changed = true;
    }
    return changed;
  }
}
