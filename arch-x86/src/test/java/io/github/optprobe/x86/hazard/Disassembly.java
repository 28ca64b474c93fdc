package io.github.optprobe.x86.hazard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What GNU objdump says of a library, and what can be guessed from its words alone: nothing here
 * comes from the library under test.
 */
final class Disassembly {
  private static final int REMEMBERED = 400;
  private static final int BOUND_LINES = 16;
  private static final Pattern JUMP = Pattern.compile("jmp\\s+\\*%(\\w+)");
  private static final Pattern ENTRY = Pattern.compile("movslq \\(%(\\w+),%(\\w+)(?:,4)?\\),%\\w+");
  private static final Pattern TABLE = Pattern.compile("lea .*\\(%rip\\),%(\\w+)\\s+# ([0-9a-f]+)");
  private static final Pattern BOUND = Pattern.compile("cmp[bwlq]?\\s+\\$0x([0-9a-f]+),");

  /** Where instructions start. */
  final Longs starts = new Longs();

  /** For each target of a direct branch, all branches. */
  final Map<Long, List<Long>> sources = new HashMap<>();

  final Longs targets = new Longs();
  final List<Table> tables = new ArrayList<>();
  int indirectJumps;

  private final Deque<String> latest = new ArrayDeque<>();

  /**
   * A jump table.
   *
   * @param jump the address of the jump
   * @param at where the table seems to stand
   * @param entries how many entries the comparison in front allows; 0 if none was found
   */
  record Table(long jump, long at, int entries) {}

  Disassembly(Path file) throws IOException {
    Listing.of(this::line, "objdump", "-d", "-w", "--no-show-raw-insn", file.toString());
  }

  private void line(String line) {
    int tab = line.indexOf(":\t");
    if (tab < 0 || !line.startsWith(" ")) {
      return;
    }
    long address = Long.parseLong(line.substring(0, tab).trim(), 16);
    String text = line.substring(tab + 2);
    starts.add(address);
    directTarget(text, address);
    if (text.contains("jmp ") && text.contains("*")) {
      indirectJumps++;
      table(text, address);
    }
    latest.addFirst(text);
    if (latest.size() > REMEMBERED) {
      latest.removeLast();
    }
  }

  private void directTarget(String text, long address) {
    for (String word : text.split("\\s+", 4)) {
      boolean hex = word.matches("[0-9a-f]+") && text.contains(" <");
      if (hex && isBranch(text)) {
        long target = Long.parseUnsignedLong(word, 16);
        targets.add(target);
        sources.computeIfAbsent(target, unused -> new ArrayList<>(1)).add(address);
        return;
      }
    }
  }

  private static boolean isBranch(String text) {
    for (String word : text.split("\\s+", 3)) {
      if (word.startsWith("j")
          || word.startsWith("call")
          || word.startsWith("loop")
          || word.startsWith("xbegin")) {
        return true;
      }
    }
    return false;
  }

  /** The nearest load of a table's entry, the nearest address of its base, and its bound. */
  private void table(String text, long address) {
    if (!JUMP.matcher(text).find()) {
      return;
    }
    Optional<Matcher> entry = nearest(ENTRY, BOUND_LINES, found -> true);
    if (entry.isPresent()) {
      String one = entry.get().group(1);
      String other = entry.get().group(2);
      nearest(
              TABLE,
              REMEMBERED,
              found -> found.group(1).equals(one) || found.group(1).equals(other))
          .map(lea -> Long.parseLong(lea.group(2), 16))
          .ifPresent(at -> tables.add(new Table(address, at, bound())));
    }
  }

  /** Entries that the nearest comparison with a branch above allows; 0 if there is none. */
  private int bound() {
    boolean above = false;
    int line = 0;
    for (String before : latest) {
      Matcher compare = BOUND.matcher(before);
      if (above && compare.find() && compare.group(1).length() <= 4) {
        return Integer.parseInt(compare.group(1), 16) + 1;
      }
      above |= before.startsWith("ja ") || before.startsWith("jbe ");
      line++;
      if (line > BOUND_LINES) {
        return 0;
      }
    }
    return 0;
  }

  private Optional<Matcher> nearest(Pattern pattern, int lines, Predicate<Matcher> wanted) {
    return latest.stream()
        .limit(lines)
        .map(pattern::matcher)
        .filter(Matcher::find)
        .filter(wanted)
        .findFirst();
  }
}
