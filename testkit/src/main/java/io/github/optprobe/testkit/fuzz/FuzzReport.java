package io.github.optprobe.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * What a campaign, or one shard of it, has come to.
 *
 * @param instructionSet such as {@code "x86-64"}
 * @param generator name of the generator
 * @param oracles names of the oracles
 * @param seed of the campaign
 * @param shard of the campaign
 * @param tally what was counted and found
 * @param known the known disagreements that could have been met
 * @param stale the entries among them whose example is none any more
 * @param complete whether all cases of the shard are done
 * @param seconds how long this run took; earlier ones that it went on from are not included
 * @param casesPerSecond the rate of this run
 */
public record FuzzReport(
    String instructionSet,
    String generator,
    List<String> oracles,
    long seed,
    Shard shard,
    Tally tally,
    List<KnownDisagreement> known,
    List<KnownDisagreement> stale,
    boolean complete,
    double seconds,
    double casesPerSecond) {

  /** Creates a report. */
  public FuzzReport {
    oracles = List.copyOf(oracles);
    known = List.copyOf(known);
    stale = List.copyOf(stale);
  }

  /** Whether all is done, and all that was found is known, and all that is known was found. */
  public boolean passed() {
    return complete && tally.bins().isEmpty() && tally.unbinned() == 0 && stale.isEmpty();
  }

  /** The report for people: bins with both examples and commands, stale entries, totals. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    tally.bins().forEach(bin -> addBin(bin, lines));
    stale.forEach(entry -> lines.add("STALE  " + entry));
    lines.add(totals());
    return lines;
  }

  private void addBin(Bin bin, List<String> lines) {
    lines.add("%dx %s".formatted(bin.count(), bin.finding().bin()));
    lines.add("  original   " + bin.original());
    lines.add("  minimised  " + bin.minimised());
    bin.detail().lines().forEach(line -> lines.add("    " + line));
    bin.replayCommands(instructionSet, generator, seed)
        .forEach(command -> lines.add("  replay     " + command));
  }

  /** The last line: all counts. */
  public String totals() {
    int used = known.size() - stale.size();
    return "%s %s · %s · cases %,d · findings %,d, unknown %,d in %d bins · known %d/%d used · shard %s · seed %d · %.1f s, %,.0f/s"
        .formatted(
            complete ? (passed() ? "pass" : "FAIL") : "STOPPED",
            instructionSet,
            String.join(" ", oracles),
            tally.cases(),
            tally.findings(),
            tally.unknown(),
            tally.bins().size(),
            used,
            known.size(),
            shard,
            seed,
            seconds,
            casesPerSecond);
  }
}
