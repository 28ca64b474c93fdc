package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.Shard;
import io.github.optprobe.testkit.fuzz.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Puts the reports of several jobs together: as one job would have made it. */
final class FuzzMerge {
  private FuzzMerge() {}

  /**
   * The report of all.
   *
   * @param reports those of the parts of a shard, in their order; at least one
   * @param shard the whole of them
   * @param seconds how long all of them took together
   */
  static FuzzReport of(List<FuzzReport> reports, Shard shard, double seconds) {
    FuzzReport first = reports.get(0);
    return new FuzzReport(
        first.instructionSet(),
        first.generator(),
        first.oracles(),
        first.seed(),
        shard,
        tally(reports.stream().map(FuzzReport::tally).toList()),
        first.known(),
        first.stale(),
        reports.stream().allMatch(FuzzReport::complete),
        seconds,
        reports.stream().mapToDouble(FuzzReport::casesPerSecond).sum());
  }

  private static Tally tally(List<Tally> tallies) {
    return new Tally(
        sum(tallies, Tally::cases),
        sum(tallies, Tally::findings),
        uses(tallies),
        bins(tallies),
        sum(tallies, Tally::unbinned));
  }

  private static long sum(List<Tally> tallies, ToLongFunction<Tally> count) {
    return tallies.stream().mapToLong(count).sum();
  }

  private static List<Long> uses(List<Tally> tallies) {
    List<Long> uses = new ArrayList<>(tallies.get(0).knownUses());
    for (Tally each : tallies.subList(1, tallies.size())) {
      for (int i = 0; i < uses.size(); i++) {
        uses.set(i, uses.get(i) + each.knownUses().get(i));
      }
    }
    return uses;
  }

  /** The most frequent first, as one job has them; the example is the first that was met. */
  private static List<Bin> bins(List<Tally> tallies) {
    Map<String, Bin> bins = new TreeMap<>();
    tallies.forEach(
        tally ->
            tally.bins().forEach(bin -> bins.merge(bin.finding().bin(), bin, FuzzMerge::both)));
    return bins.values().stream()
        .sorted(Comparator.comparingLong((Bin bin) -> -bin.count()).thenComparing(Bin::firstCase))
        .toList();
  }

  private static Bin both(Bin a, Bin b) {
    Bin first = a.firstCase() <= b.firstCase() ? a : b;
    return new Bin(
        first.finding(),
        a.count() + b.count(),
        first.firstCase(),
        first.original(),
        first.minimised(),
        first.detail());
  }

  /** All that was executed; empty if nothing was. The first tally is changed. */
  static Optional<ExecutionTally> executed(List<ExecutionTally> tallies) {
    for (ExecutionTally each : tallies.subList(Math.min(1, tallies.size()), tallies.size())) {
      tallies.get(0).add(each);
    }
    return tallies.stream().findFirst();
  }
}
