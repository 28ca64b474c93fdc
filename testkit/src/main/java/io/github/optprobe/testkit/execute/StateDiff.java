package io.github.optprobe.testkit.execute;

import io.github.optprobe.arch.RegisterFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where the ends of two runs from one start differ, as a table of fixed columns with only what
 * differs. Addresses near the code are shown as offsets from it, so that tables of different places
 * can be compared. Immutable.
 */
public final class StateDiff {
  private static final StateDiff NONE = new StateDiff(List.of());
  private static final int NEAR = 0x1000;

  private final List<Row> rows;

  private StateDiff(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  /**
   * One thing that differs.
   *
   * @param what a register's name, "end", or "mem" and an address
   * @param before what it was at the start
   * @param wanted what the first run left
   * @param found what the second run left
   * @param address of the byte, if it is one of memory
   */
  public record Row(String what, String before, String wanted, String found, OptionalLong address) {
    /** One that is no byte of memory. */
    public Row(String what, String before, String wanted, String found) {
      this(what, before, wanted, found, OptionalLong.empty());
    }
  }

  /** Says which bits of a register are compared. */
  @FunctionalInterface
  public interface MeantBits {
    /** Those of a register, by its number. */
    long of(int register);
  }

  /** Nothing differs. */
  public static StateDiff none() {
    return NONE;
  }

  /** From rows of one's own. */
  public static StateDiff of(List<Row> rows) {
    return rows.isEmpty() ? NONE : new StateDiff(rows);
  }

  /**
   * Compares registers.
   *
   * @param origin an address that addresses are shown relative to
   */
  public static StateDiff between(
      MachineState before, MachineState wanted, MachineState found, MeantBits meant, long origin) {
    List<Row> rows = new ArrayList<>();
    RegisterFile file = before.file();
    for (int i = 0; i < file.size(); i++) {
      if (((wanted.get(i) ^ found.get(i)) & meant.of(i)) != 0) {
        boolean pc = i == file.programCounter();
        rows.add(
            new Row(
                file.names().get(i),
                value(before.get(i), pc, origin),
                value(wanted.get(i), pc, origin),
                value(found.get(i), pc, origin)));
      }
    }
    addWide(rows, before, wanted, found);
    return of(rows);
  }

  private static void addWide(
      List<Row> rows, MachineState before, MachineState wanted, MachineState found) {
    HexFormat hex = HexFormat.of();
    for (int i = 0; i < before.wideNames().size(); i++) {
      if (!Arrays.equals(wanted.wide(i), found.wide(i))) {
        rows.add(
            new Row(
                before.wideNames().get(i),
                hex.formatHex(before.wide(i)),
                hex.formatHex(wanted.wide(i)),
                hex.formatHex(found.wide(i))));
      }
    }
  }

  private static String value(long value, boolean address, long origin) {
    long offset = value - origin;
    if (address && offset >= -NEAR && offset <= NEAR) {
      return offset < 0 ? "-0x%x".formatted(-offset) : "+0x%x".formatted(offset);
    }
    return "%x".formatted(value);
  }

  /** The rows. */
  public List<Row> rows() {
    return rows;
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** These rows and another one. */
  public StateDiff and(Row row) {
    List<Row> all = new ArrayList<>(rows);
    all.add(row);
    return of(all);
  }

  /** The table, one line for each row below a line of headings; empty if nothing differs. */
  @Override
  public String toString() {
    return isEmpty() ? "" : table("unprobed", "probed");
  }

  /**
   * The table with headings of one's own.
   *
   * @param wanted heading of the first run
   * @param found heading of the second run
   */
  public String table(String wanted, String found) {
    List<Row> all = new ArrayList<>();
    all.add(new Row("", "before", wanted, found));
    all.addAll(rows);
    int what = width(all.stream().map(Row::what).toList());
    int before = width(all.stream().map(Row::before).toList());
    int first = width(all.stream().map(Row::wanted).toList());
    StringBuilder text = new StringBuilder();
    String format = "  %-" + what + "s  %" + before + "s  %" + first + "s %s %s%n";
    for (int i = 0; i < all.size(); i++) {
      Row row = all.get(i);
      String mark = i == 0 ? " " : "≠";
      text.append(String.format(format, row.what(), row.before(), row.wanted(), mark, row.found()));
    }
    return text.toString();
  }

  private static int width(List<String> cells) {
    return cells.stream().mapToInt(String::length).max().orElse(1);
  }
}
