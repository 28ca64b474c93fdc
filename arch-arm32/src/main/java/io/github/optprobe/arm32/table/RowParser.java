package io.github.optprobe.arm32.table;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of a table: bits, name, treatment and facts, with {@code |} between them.
 *
 * <p>The treatment is a {@link Treatment}, or {@code REFUSE:} and an {@link Objection}. The facts
 * are words with blanks between them:
 *
 * <ul>
 *   <li>{@code d:w}: the register in field d has that {@link Operand.Access}; behind it {@code ~}
 *       if SP may not stand there, and {@code ^} with a treatment if PC may;
 *   <li>{@code R:15}, {@code W:14}: a register read or written without a field;
 *   <li>{@code f:c}: flags read; {@code F:nzcv}: flags written, if there is a field S only when it
 *       is 1; {@code Fi:}: the same, but not within an IT block; {@code q}: Q may become 1;
 *   <li>{@code rrx}: the shift i, k reads the carry flag when it is a rotation by nothing;
 *   <li>{@code it:}: an {@link ItPlace};
 *   <li>{@code st:}, {@code ld:}: how a store or load reaches below its base, a {@link Depth};
 *   <li>all others: a {@link Restriction}.
 * </ul>
 */
final class RowParser {
  private static final Pattern COLUMNS = Pattern.compile(" *\\| *");
  private static final Pattern WORDS = Pattern.compile(" +");
  private static final String REFUSE = "REFUSE:";

  private final RowPattern pattern;
  private final List<Operand> operands = new ArrayList<>();
  private final List<Restriction> restrictions = new ArrayList<>();
  private int implicitRead;
  private int implicitWritten;
  private int flagsRead;
  private int flagsWritten;
  private boolean keepsFlagsInIt;
  private ItPlace place = ItPlace.ANY;
  private @Nullable Depth storeDepth;
  private @Nullable Depth loadDepth;

  private RowParser(RowPattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Parses a line.
   *
   * @throws IllegalArgumentException if it is no row, with the line in the message
   */
  static TableRow parse(String line) {
    try {
      return row(COLUMNS.split(line, -1));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a row: " + line, e);
    }
  }

  private static TableRow row(String[] columns) {
    RowPattern pattern = RowPattern.parse(columns[0]);
    RowParser parser = new RowParser(pattern);
    if (columns.length > 3) {
      for (String word : WORDS.split(columns[3], -1)) {
        parser.fact(word);
      }
    }
    boolean refused = columns[2].startsWith(REFUSE);
    Treatment treatment = refused ? Treatment.REFUSE : Treatment.valueOf(columns[2]);
    Objection objection = refused ? Objection.valueOf(columns[2].substring(REFUSE.length())) : null;
    return new TableRow(columns[1], pattern, treatment, objection, parser.facts());
  }

  private RowFacts facts() {
    return new RowFacts(
        List.copyOf(operands),
        implicitRead,
        implicitWritten,
        flagsRead,
        flagsWritten,
        keepsFlagsInIt,
        place,
        List.copyOf(restrictions),
        storeDepth,
        loadDepth);
  }

  private void fact(String word) {
    int colon = word.indexOf(':');
    String key = colon < 0 ? word : word.substring(0, colon);
    String argument = colon < 0 ? "" : word.substring(colon + 1);
    switch (key) {
      case "R" -> implicitRead |= 1 << Integer.parseInt(argument);
      case "W" -> implicitWritten |= 1 << Integer.parseInt(argument);
      case "f" -> flagsRead |= Flags.ofLetters(argument);
      case "F" -> flagsWritten = Flags.ofLetters(argument);
      case "Fi" -> flagsWritten = flagsOutsideIt(argument);
      case "q" -> saturates();
      case "rrx" -> requireFields("ik");
      case "it" -> place = ItPlace.ofCode(argument);
      case "st" -> storeDepth = Depth.ofCode(argument);
      case "ld" -> loadDepth = Depth.ofCode(argument);
      default -> restrictionOrOperand(key, argument);
    }
  }

  private int flagsOutsideIt(String letters) {
    keepsFlagsInIt = true;
    return Flags.ofLetters(letters);
  }

  private void saturates() {
    flagsRead |= Flags.Q;
    flagsWritten |= Flags.Q;
  }

  private void requireFields(String letters) {
    for (int i = 0; i < letters.length(); i++) {
      if (pattern.field(letters.charAt(i)) == null) {
        throw new IllegalArgumentException("no field " + letters.charAt(i));
      }
    }
  }

  private void restrictionOrOperand(String key, String argument) {
    if (Restriction.isNamed(key)) {
      restrictions.add(Restriction.of(key, argument));
    } else {
      operands.add(operand(key, argument));
    }
  }

  private Operand operand(String key, String argument) {
    requireFields(key);
    BitField field = pattern.field(key.charAt(0));
    if (field == null || key.length() != 1) {
      throw new IllegalArgumentException("no fact: " + key);
    }
    int hat = argument.indexOf('^');
    Treatment treatment = hat < 0 ? null : Treatment.valueOf(argument.substring(hat + 1));
    String access = hat < 0 ? argument : argument.substring(0, hat);
    boolean allowsSp = !access.endsWith("~");
    String code = allowsSp ? access : access.substring(0, access.length() - 1);
    return new Operand(field, Operand.Access.ofCode(code), allowsSp, treatment);
  }
}
