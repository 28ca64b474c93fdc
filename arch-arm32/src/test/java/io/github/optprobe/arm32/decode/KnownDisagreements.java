package io.github.optprobe.arm32.decode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The list of known disagreements, and what a sweep has found beside it. Each line is "space
 * disagreement bits reason" with {@code |} between; the bits are 0, 1, or x for any.
 */
final class KnownDisagreements {
  private static final int EXAMPLES = 3;

  private record Entry(String space, Disagreement disagreement, int mask, int value, String line) {
    boolean covers(Subject subject, Disagreement found) {
      return disagreement == found
          && space.equals(subject.space())
          && (subject.encoding() & mask) == value;
    }

    static Entry parse(String line) {
      String[] columns = line.split(" *\\| *", -1);
      if (columns.length != 4 || columns[3].isBlank()) {
        throw new IllegalArgumentException("no reason: " + line);
      }
      String bits = columns[2].replace(" ", "");
      int mask = 0;
      int value = 0;
      for (int i = 0; i < bits.length(); i++) {
        char bit = bits.charAt(i);
        mask = mask << 1 | (bit == 'x' ? 0 : 1);
        value = value << 1 | (bit == '1' ? 1 : 0);
      }
      return new Entry(columns[0], Disagreement.valueOf(columns[1]), mask, value, line);
    }
  }

  private final List<Entry> entries;
  private final Set<Entry> used = new HashSet<>();
  private final Map<String, List<String>> unknown = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  private KnownDisagreements(List<Entry> entries) {
    this.entries = entries;
  }

  static KnownDisagreements read() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                KnownDisagreements.class.getResourceAsStream("disagreements.txt"),
                StandardCharsets.UTF_8))) {
      return new KnownDisagreements(
          reader
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(Entry::parse)
              .toList());
    }
  }

  /** Notes what was found about one encoding. */
  void note(Subject subject, Set<Disagreement> found, Function<Subject, String> detail) {
    for (Disagreement disagreement : found) {
      note(subject, disagreement, detail);
    }
  }

  private void note(Subject subject, Disagreement found, Function<Subject, String> detail) {
    for (Entry entry : entries) {
      if (entry.covers(subject, found)) {
        used.add(entry);
        return;
      }
    }
    String key = subject.space() + " " + found + " " + subject.verdict().row();
    counts.merge(key, 1, Integer::sum);
    List<String> examples = unknown.computeIfAbsent(key, ignored -> new ArrayList<>());
    if (examples.size() < EXAMPLES) {
      examples.add("0x%08x %s".formatted(subject.encoding(), detail.apply(subject)));
    }
  }

  /** What no entry explains, the most frequent first. */
  List<String> unexplained() {
    return unknown.entrySet().stream()
        .sorted(Comparator.comparing(each -> -counts.get(each.getKey())))
        .map(each -> counts.get(each.getKey()) + " x " + each.getKey() + " " + each.getValue())
        .toList();
  }

  /** The entries of a space and a decoder ("CAPSTONE" or "OBJDUMP") that explained nothing. */
  List<String> unused(String space, String decoder) {
    return entries.stream()
        .filter(entry -> entry.space().equals(space))
        .filter(entry -> entry.disagreement().name().startsWith(decoder))
        .filter(entry -> !used.contains(entry))
        .map(Entry::line)
        .toList();
  }
}
