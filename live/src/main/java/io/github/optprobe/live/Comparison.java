package io.github.optprobe.live;

import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RDX;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Assembler;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Needs;

/** An operand compared with a constant. */
final class Comparison extends Condition {
  private final Operand operand;
  private final Kind kind;
  private final long constant;

  Comparison(Operand operand, Kind kind, long constant) {
    this.operand = operand;
    this.kind = kind;
    this.constant = constant;
  }

  @Override
  boolean test(Registers registers) {
    long value = operand.read(registers);
    int unsigned = Long.compareUnsigned(value, constant);
    return switch (kind) {
      case EQUAL -> value == constant;
      case NOT_EQUAL -> value != constant;
      case BELOW -> unsigned < 0;
      case AT_LEAST -> unsigned >= 0;
      case ABOVE -> unsigned > 0;
      case AT_MOST -> unsigned <= 0;
      case LESS -> value < constant;
      case GREATER -> value > constant;
      case BITS_SET -> (value & constant) == constant;
    };
  }

  @Override
  void emit(Frame frame, Label otherwise) {
    Assembler code = frame.code();
    operand.emitLoad(frame, RCX);
    code.constant(RDX, constant);
    if (kind == Kind.BITS_SET) {
      code.and(RCX, RDX);
    }
    code.compare(RCX, RDX);
    code.jumpIf(kind.opposite, otherwise);
  }

  @Override
  Needs needs() {
    return operand.needs();
  }

  @Override
  public String toString() {
    return "%s %s 0x%x".formatted(operand, kind.words, constant);
  }

  /** How to compare, and the number that jcc encodes for the opposite. */
  enum Kind {
    EQUAL(0x5, "="),
    NOT_EQUAL(0x4, "!="),
    BELOW(0x3, "below"),
    AT_LEAST(0x2, "at least"),
    ABOVE(0x6, "above"),
    AT_MOST(0x7, "at most"),
    LESS(0xd, "less than"),
    GREATER(0xe, "greater than"),
    BITS_SET(0x5, "has the bits");

    private final int opposite;
    private final String words;

    Kind(int opposite, String words) {
      this.opposite = opposite;
      this.words = words;
    }
  }
}
