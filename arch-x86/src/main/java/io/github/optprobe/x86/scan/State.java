package io.github.optprobe.x86.scan;

import io.github.optprobe.x86.decode.Condition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the general registers and the flags in front of an instruction. Mutable, for one
 * thread.
 *
 * <p>Besides values it knows which registers are copies of one number: those with the same label,
 * each holding that number or only its low bits. A comparison of one of them then tells of all. A
 * label says something about one moment only; when it is given out again, whoever had it before
 * loses it.
 */
final class State {
  static final int REGISTERS = 16;
  private static final int UNLABELLED = 0;

  private final int modeBits;
  private final Value[] values = new Value[REGISTERS];
  private final int[] labels = new int[REGISTERS];

  /** How many low bits of the labelled number the register holds, the others being zero. */
  private final int[] views = new int[REGISTERS];

  private @Nullable Comparison comparison;

  /** A comparison of the labelled number's low bits with a constant, as the flags remember it. */
  private record Comparison(int label, int bits, long constant) {}

  private State(int modeBits) {
    this.modeBits = modeBits;
  }

  /** Every register holds any number. */
  static State unknown(int modeBits, Value value) {
    State state = new State(modeBits);
    Arrays.fill(state.values, value);
    return state;
  }

  State copy() {
    State copy = new State(modeBits);
    System.arraycopy(values, 0, copy.values, 0, REGISTERS);
    System.arraycopy(labels, 0, copy.labels, 0, REGISTERS);
    System.arraycopy(views, 0, copy.views, 0, REGISTERS);
    copy.comparison = comparison;
    return copy;
  }

  int modeBits() {
    return modeBits;
  }

  Value get(int register) {
    return values[register];
  }

  void set(int register, Value value) {
    values[register] = value;
    labels[register] = UNLABELLED;
  }

  void forgetFlags() {
    comparison = null;
  }

  /**
   * {@code to} becomes the low bits of {@code from}, the others zero.
   *
   * @param label not 0, one for each instruction
   */
  void copy(int to, int from, int bits, int label) {
    Value value = bits == modeBits ? values[from] : Values.truncated(values[from], bits);
    label(from, label);
    if (to == from) {
      // The wider number is gone.
      values[to] = value;
      views[to] = Math.min(views[to], bits);
      return;
    }
    values[to] = value;
    labels[to] = labels[from];
    views[to] = Math.min(views[from], bits);
  }

  /** The flags now say how the low bits of a register compare with a constant. */
  void compare(int register, int bits, long constant, int label) {
    label(register, label);
    int seen = Math.min(bits, views[register]);
    boolean reachable = Long.compareUnsigned(constant, Interval.mask(seen)) <= 0;
    comparison = reachable ? new Comparison(labels[register], seen, constant) : null;
  }

  private void label(int register, int label) {
    if (labels[register] != UNLABELLED) {
      return;
    }
    for (int i = 0; i < REGISTERS; i++) {
      if (labels[i] == label) {
        labels[i] = UNLABELLED;
      }
    }
    if (comparison != null && comparison.label == label) {
      comparison = null;
    }
    labels[register] = label;
    views[register] = modeBits;
  }

  /** The flags turned out to fulfil a condition on the comparison, or its opposite. */
  void assume(Condition condition) {
    Comparison known = comparison;
    if (known == null) {
      return;
    }
    for (int i = 0; i < REGISTERS; i++) {
      if (labels[i] == known.label) {
        refine(i, known, condition);
      }
    }
  }

  private void refine(int register, Comparison known, Condition condition) {
    int bits = Math.min(known.bits, views[register]);
    boolean holdsAll = views[register] >= known.bits;
    // A register that holds less than was compared says nothing of the rest.
    Interval before = holdsAll ? Values.low(values[register], bits) : Interval.ofBits(known.bits);
    Interval range = Conditions.range(condition, known.constant, known.bits, before);
    if (holdsAll || Long.compareUnsigned(range.hi(), Interval.mask(bits)) <= 0) {
      values[register] = Values.refined(values[register], bits, modeBits, range);
    }
  }

  /** Takes in another way to come here; whether anything changed. */
  boolean join(State other, boolean widen) {
    boolean changed = false;
    for (int i = 0; i < REGISTERS; i++) {
      Value joined = Values.join(values[i], other.values[i], widen);
      boolean sameLabel = labels[i] == other.labels[i] && views[i] == other.views[i];
      int label = sameLabel ? labels[i] : UNLABELLED;
      changed |= !joined.equals(values[i]) || label != labels[i];
      values[i] = joined;
      labels[i] = label;
    }
    if (comparison != null && !comparison.equals(other.comparison)) {
      comparison = null;
      changed = true;
    }
    return changed;
  }
}
