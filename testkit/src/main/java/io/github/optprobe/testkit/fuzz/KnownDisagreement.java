package io.github.optprobe.testkit.fuzz;

import java.time.LocalDate;
import java.util.regex.Pattern;

/**
 * Something that two decoders are known to see differently, and why. Immutable.
 *
 * <p>It is written in a line: category and subject of the findings that it covers; the bytes, as a
 * regular expression that is found in their hex digits ({@code <prefix>} in it is any prefix of
 * x86, REX included), or as the bits of a little-endian {@code word}, or of the one or two {@code
 * halfwords} of T32, with {@code x} for any bit; a regular expression for the whole shape; hex
 * digits of an example, which is tried in each run, and if this does not cover it any more the
 * entry is stale; when it was looked into; and the reason. Between them stands a {@code |} with
 * blanks around it; {@code *} is any bytes and any shape.
 */
public final class KnownDisagreement {
  private static final int COLUMNS = 7;

  private final String line;
  private final String category;
  private final String subject;
  private final BytesPattern bytes;
  private final Pattern shape;
  private final String example;
  private final LocalDate date;
  private final String reason;

  private KnownDisagreement(String line, String[] columns) {
    this.line = line;
    this.category = columns[0];
    this.subject = columns[1];
    this.bytes = BytesPattern.parse(columns[2]);
    this.shape = Pattern.compile(columns[3].equals("*") ? ".*" : columns[3]);
    this.example = columns[4];
    this.date = LocalDate.parse(columns[5]);
    this.reason = columns[6];
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is no such line, or gives no reason
   */
  public static KnownDisagreement parse(String line) {
    String[] columns = line.split(" +\\| +", -1);
    if (columns.length != COLUMNS || columns[COLUMNS - 1].isBlank()) {
      throw new IllegalArgumentException("not seven columns, or no reason: " + line);
    }
    return new KnownDisagreement(line, columns);
  }

  /** Who disagrees, such as {@code "zydis/capstone"}. */
  public String subject() {
    return subject;
  }

  /** The bytes of a case that it covers, as hex digits. */
  public String example() {
    return example;
  }

  /** When it was looked into. */
  public LocalDate date() {
    return date;
  }

  /** Who is right, and why the others differ. */
  public String reason() {
    return reason;
  }

  /** Whether it covers a finding about bytes, given as hex digits. */
  boolean covers(Finding finding, String hex) {
    return category.equals(finding.category())
        && subject.equals(finding.subject())
        && shape.matcher(finding.shape()).matches()
        && bytes.matches(hex);
  }

  /** The line that it was read from. */
  @Override
  public String toString() {
    return line;
  }
}
