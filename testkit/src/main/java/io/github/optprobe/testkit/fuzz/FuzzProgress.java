package io.github.optprobe.testkit.fuzz;

/** Is told, a few times a second at most, how far a campaign is; by the thread that runs it. */
@FunctionalInterface
public interface FuzzProgress {

  /**
   * Tells about a campaign.
   *
   * @param done cases of this shard that are done, those of earlier runs included
   * @param total cases of this shard
   * @param casesPerSecond the rate of this run so far
   * @param bins kinds of findings so far that no entry explains
   */
  void update(long done, long total, double casesPerSecond, int bins);
}
