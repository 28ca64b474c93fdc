package io.github.optprobe.live;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Needs;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Filtered} handler asks of a hit: an operand compared with a constant, or several
 * such together. Constants have all 64 bits. Immutable and thread-safe.
 */
public abstract sealed class Condition permits Comparison, Conjunction {

  Condition() {}

  /** Whether the operand is the constant. */
  public static Condition equalTo(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.EQUAL, constant);
  }

  /** Whether the operand is not the constant. */
  public static Condition notEqualTo(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.NOT_EQUAL, constant);
  }

  /** Whether the operand is less than the constant, both unsigned. */
  public static Condition below(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.BELOW, constant);
  }

  /** Whether the operand is the constant or more, both unsigned. */
  public static Condition atLeast(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.AT_LEAST, constant);
  }

  /** Whether the operand is more than the constant, both unsigned. */
  public static Condition above(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.ABOVE, constant);
  }

  /** Whether the operand is the constant or less, both unsigned. */
  public static Condition atMost(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.AT_MOST, constant);
  }

  /** Whether the operand is less than the constant, both signed. */
  public static Condition lessThan(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.LESS, constant);
  }

  /** Whether the operand is more than the constant, both signed. */
  public static Condition greaterThan(Operand operand, long constant) {
    return new Comparison(operand, Comparison.Kind.GREATER, constant);
  }

  /** Whether the operand has every bit that the mask has. */
  public static Condition bitsSet(Operand operand, long mask) {
    return new Comparison(operand, Comparison.Kind.BITS_SET, mask);
  }

  /**
   * This and others: asked in their order, until one does not hold. What comes first can guard what
   * comes behind, such as a pointer that is not 0 the memory it points to.
   */
  public Condition and(Condition... others) {
    List<Condition> all = new ArrayList<>();
    all.add(this);
    all.addAll(List.of(others));
    return new Conjunction(List.copyOf(all));
  }

  /** Whether it holds in a hit that Java handles. */
  abstract boolean test(Registers registers);

  /** Writes code that jumps where it does not hold, else goes on; uses rcx and rdx. */
  abstract void emit(Frame frame, Label otherwise);

  abstract Needs needs();
}
