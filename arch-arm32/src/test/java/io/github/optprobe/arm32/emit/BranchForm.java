package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** The branches that are written, and what the manual says of their fields (A8.8.18). */
enum BranchForm {
  /** Encoding A1. */
  A32(ArmSet.A32, 24, 0xFE00_0008L - (1L << 32), 0x0200_0004L) {
    @Override
    int encode(Condition condition, long from, long to) {
      return A32Branch.encode(condition.number(), from, to);
    }

    @Override
    boolean isWithinReach(long from, long to) {
      return A32Branch.isWithinReach(from, to);
    }

    @Override
    int word(Condition condition, int number) {
      return condition.number() << 28 | 0x0A00_0000 | number;
    }
  },
  /** Encoding T4. */
  T32(ArmSet.T32, 24, 0xFF00_0004L - (1L << 32), 0x0100_0002L) {
    @Override
    int encode(Condition condition, long from, long to) {
      return T32Branch.encode(from, to);
    }

    @Override
    boolean isWithinReach(long from, long to) {
      return T32Branch.isWithinReach(from, to);
    }

    /** The number is S:I1:I2:imm10:imm11; J1 and J2 are NOT(I1 EOR S) and NOT(I2 EOR S). */
    @Override
    int word(Condition condition, int number) {
      int s = number >>> 23;
      int j1 = 1 - ((number >>> 22 & 1) ^ s);
      int j2 = 1 - ((number >>> 21 & 1) ^ s);
      int imm10 = number >>> 11 & 0x3FF;
      return 0xF000_9000 | s << 26 | imm10 << 16 | j1 << 13 | j2 << 11 | (number & 0x7FF);
    }
  },
  /** Encoding T3. */
  T32_CONDITIONAL(ArmSet.T32, 20, 0xFFF0_0004L - (1L << 32), 0x0010_0002L) {
    @Override
    int encode(Condition condition, long from, long to) {
      return T32Branch.encode(condition, from, to);
    }

    @Override
    boolean isWithinReach(long from, long to) {
      return T32Branch.isWithinConditionalReach(from, to);
    }

    /** The number is S:J2:J1:imm6:imm11. */
    @Override
    int word(Condition condition, int number) {
      int s = number >>> 19;
      int j2 = number >>> 18 & 1;
      int j1 = number >>> 17 & 1;
      int imm6 = number >>> 11 & 0x3F;
      int fields = s << 26 | imm6 << 16 | j1 << 13 | j2 << 11 | (number & 0x7FF);
      return 0xF000_8000 | condition.number() << 22 | fields;
    }
  };

  private final ArmSet set;
  private final int bits;
  private final long lowest;
  private final long highest;

  BranchForm(ArmSet set, int bits, long lowest, long highest) {
    this.set = set;
    this.bits = bits;
    this.lowest = lowest;
    this.highest = highest;
  }

  abstract int encode(Condition condition, long from, long to);

  abstract boolean isWithinReach(long from, long to);

  /** The encoding with a number in its fields. */
  abstract int word(Condition condition, int number);

  ArmSet set() {
    return set;
  }

  /** Width of the number. */
  int bits() {
    return bits;
  }

  /** The lowest target, in bytes from the branch, as worked out by hand. */
  long lowest() {
    return lowest;
  }

  long highest() {
    return highest;
  }

  /** Bytes between targets. */
  int step() {
    return set == ArmSet.A32 ? 4 : 2;
  }

  private int pipeline() {
    return set == ArmSet.A32 ? 8 : 4;
  }

  /** How far from the branch the target is: the number sign-extended, times a step, from PC. */
  long offset(int number) {
    int unused = Integer.SIZE - bits;
    return (long) (number << unused >> unused) * step() + pipeline();
  }

  /** The number whose target would be that far away if it had bits enough. */
  int number(long offset) {
    return (int) (Math.floorDiv(offset - pipeline(), step()) & ((1L << bits) - 1));
  }

  List<Condition> conditions() {
    return switch (this) {
      case A32 -> List.of(Condition.values());
      case T32 -> List.of(Condition.AL);
      case T32_CONDITIONAL ->
          Arrays.stream(Condition.values()).filter(each -> each != Condition.AL).toList();
    };
  }

  /** As GNU as is told it. */
  String text(Condition condition, long offset) {
    String suffix = condition == Condition.AL ? "" : condition.name().toLowerCase(Locale.ROOT);
    return "b%s%s .%+d".formatted(suffix, set == ArmSet.A32 ? "" : ".w", offset);
  }

  /** All offsets within reach that are near to both of its ends, or to 0. */
  long[] dense(int near) {
    return LongStream.of(lowest, 0, highest)
        .flatMap(
            middle ->
                LongStream.rangeClosed(-near / step(), near / step())
                    .map(i -> middle / step() * step() + i * step()))
        .filter(offset -> offset >= lowest && offset <= highest)
        .toArray();
  }
}
