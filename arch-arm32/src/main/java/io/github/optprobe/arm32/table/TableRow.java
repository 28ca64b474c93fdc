package io.github.optprobe.arm32.table;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of a decode table: the words with certain fixed bits, and what is known of them.
 * Immutable.
 */
public final class TableRow {
  private final String name;
  private final RowPattern pattern;
  private final Treatment treatment;
  private final @Nullable Objection objection;
  private final RowFacts facts;

  TableRow(
      String name,
      RowPattern pattern,
      Treatment treatment,
      @Nullable Objection objection,
      RowFacts facts) {
    this.name = name;
    this.pattern = pattern;
    this.treatment = treatment;
    this.objection = objection;
    this.facts = facts;
  }

  /** What the instruction is called, such as {@code LDR (immediate, literal)}; not unique. */
  public String name() {
    return name;
  }

  /** The bits as they stand in the table. */
  public String bits() {
    return pattern.text();
  }

  /** Width of the encodings in bits: 16 or 32. */
  public int width() {
    return pattern.width();
  }

  /** The bits that are fixed. */
  public int mask() {
    return pattern.mask();
  }

  /** What the fixed bits are. */
  public int value() {
    return pattern.value();
  }

  /** The bits that should be zero. */
  public int shouldBeZero() {
    return pattern.shouldBeZero();
  }

  /** The bits that should be one. */
  public int shouldBeOne() {
    return pattern.shouldBeOne();
  }

  /** Whether the fixed bits of an encoding are those of this row. */
  public boolean matches(int encoding) {
    return (encoding & pattern.mask()) == pattern.value();
  }

  /** The fields, by letter. */
  public List<BitField> fields() {
    return pattern.fields();
  }

  /** The field of that letter, if there is one. */
  public Optional<BitField> field(char letter) {
    return Optional.ofNullable(pattern.field(letter));
  }

  /** What it does with the registers that its fields name. */
  public List<Operand> operands() {
    return facts.operands();
  }

  /** The treatment when no field names PC; {@link Treatment#REFUSE} if all of it is refused. */
  public Treatment treatment() {
    return treatment;
  }

  /** Why all of it is refused, or null. */
  public @Nullable Objection objection() {
    return objection;
  }

  RowFacts facts() {
    return facts;
  }

  /** The number in a field that this row must have. */
  int number(char letter, int encoding) {
    return required(letter).of(encoding);
  }

  /** The number in a field, or another one if this row has no such field. */
  int numberOr(char letter, int encoding, int absent) {
    BitField field = pattern.field(letter);
    return field == null ? absent : field.of(encoding);
  }

  private BitField required(char letter) {
    return field(letter).orElseThrow(() -> new IllegalStateException(this + " lacks " + letter));
  }

  @Override
  public String toString() {
    return pattern.text() + " " + name;
  }
}
