package io.github.optprobe.testkit.fuzz;

import java.util.List;

/**
 * What was counted and found. Equal for the same cases, however often the run was stopped and
 * continued.
 *
 * @param cases how many were judged
 * @param findings how many findings there were, the known ones included
 * @param knownUses how often each entry of the known disagreements covered one, in their order
 * @param bins the others, the most frequent first
 * @param unbinned those for which there was no room for another bin
 */
public record Tally(
    long cases, long findings, List<Long> knownUses, List<Bin> bins, long unbinned) {

  /** Creates a tally. */
  public Tally {
    knownUses = List.copyOf(knownUses);
    bins = List.copyOf(bins);
  }

  /** How many findings no entry covers. */
  public long unknown() {
    return bins.stream().mapToLong(Bin::count).sum() + unbinned;
  }
}
