package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.table.BitField;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Operand;
import io.github.optprobe.arm32.table.TableRow;
import io.github.optprobe.arm32.table.Treatment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Encodings of a row with its fields filled at random from a few numbers each: for registers
 * ordinary ones, SP, LR and PC; for all else the extremes and something between.
 */
final class FieldChoices {
  private static final int PC_BIT = 1 << 15;

  /**
   * An encoding.
   *
   * @param picks for each field which of its choices was taken
   */
  record Choice(int encoding, List<Integer> picks) {}

  private final TableRow row;
  private final Treatment treatment;
  private final Random random;
  private final List<BitField> fields;

  FieldChoices(TableRow row, Treatment treatment, Random random) {
    this.row = row;
    this.treatment = treatment;
    this.random = random;
    this.fields = new ArrayList<>(row.fields());
    int free = freeBits();
    if (free != 0) {
      fields.add(new BitField('x', free));
    }
  }

  /** The bits of no concern to the table. */
  private int freeBits() {
    int known = row.mask() | row.shouldBeZero() | row.shouldBeOne();
    for (BitField field : row.fields()) {
      known |= field.mask();
    }
    return ~known & (row.width() == Integer.SIZE ? -1 : (1 << row.width()) - 1);
  }

  Choice next() {
    int encoding = row.value() | row.shouldBeOne();
    List<Integer> picks = new ArrayList<>();
    for (BitField field : fields) {
      List<Integer> numbers = numbersOf(field);
      int pick = random.nextInt(numbers.size());
      picks.add(pick);
      encoding = field.in(encoding, numbers.get(pick));
    }
    return new Choice(encoding, picks);
  }

  private List<Integer> numbersOf(BitField field) {
    if (field.width() == 1) {
      return List.of(0, 1);
    }
    if (field.letter() == 'c') {
      return conditions();
    }
    if (treatment == Treatment.IF_THEN) {
      return numbersBelow(1 << field.width());
    }
    Operand operand = operandOf(field);
    if (operand == null) {
      return constants(field.width());
    }
    return operand.field().width() > 4 ? lists(field.width()) : registers(field.width());
  }

  private Operand operandOf(BitField field) {
    return row.operands().stream()
        .filter(each -> each.field().equals(field))
        .findAny()
        .orElse(null);
  }

  private List<Integer> conditions() {
    return treatment == Treatment.BRANCH_CONDITIONAL
        ? numbersBelow(Condition.AL.number())
        : List.of(Condition.AL.number(), random.nextInt(Condition.AL.number()));
  }

  private static List<Integer> numbersBelow(int end) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private List<Integer> registers(int width) {
    int low = random.nextInt(4) * 2;
    return width < 4
        ? List.of(0, 7, random.nextInt(8))
        : List.of(low, low + 1, 8 + random.nextInt(5), 13, 14, 15);
  }

  private List<Integer> lists(int width) {
    int all = (1 << width) - 1;
    int some = random.nextInt() & all;
    int one = 1 << random.nextInt(width);
    return List.of(one, PC_BIT & all, (one | PC_BIT) & all, some, (some | PC_BIT) & all, all);
  }

  private List<Integer> constants(int width) {
    int all = (1 << width) - 1;
    return List.of(0, 1, all, 1 << (width - 1), random.nextInt() & all, random.nextInt() & all);
  }
}
