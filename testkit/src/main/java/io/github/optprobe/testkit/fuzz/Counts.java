package io.github.optprobe.testkit.fuzz;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Collects a {@link Tally}, case by case, from one index on. */
final class Counts {
  /** Whatever is so different is not understood by more examples. */
  static final int MOST_BINS = 1000;

  final Map<String, Bin> bins = new LinkedHashMap<>();
  final long[] knownUses;
  long next;
  long findings;
  long unbinned;

  Counts(long from, int knownEntries) {
    next = from;
    knownUses = new long[knownEntries];
  }

  void known(int entry) {
    findings++;
    knownUses[entry]++;
  }

  /** Counts a finding; its example is made if it is the first of its bin. */
  void unknown(Finding finding, Supplier<Bin> example) {
    findings++;
    String name = finding.bin();
    Bin bin = bins.get(name);
    if (bin != null) {
      bins.put(name, bin.plus(1));
    } else if (bins.size() < MOST_BINS) {
      bins.put(name, example.get());
    } else {
      unbinned++;
    }
  }

  Tally tally(long from) {
    return new Tally(
        next - from,
        findings,
        Arrays.stream(knownUses).boxed().toList(),
        bins.values().stream()
            .sorted(
                Comparator.comparingLong((Bin bin) -> -bin.count()).thenComparing(Bin::firstCase))
            .toList(),
        unbinned);
  }
}
