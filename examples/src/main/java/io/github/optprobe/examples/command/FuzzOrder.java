package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Shard;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which cases of a campaign are to be done, and by how many threads.
 *
 * @param cases of all shards
 * @param seed of the campaign
 * @param shard of it
 * @param jobs how many threads share the shard, at least 1
 * @param state in front of the names of files that keep what was done; empty if nothing does
 * @param isolated whether decoders run in processes of their own
 */
record FuzzOrder(
    Campaign campaign,
    long cases,
    long seed,
    Shard shard,
    int jobs,
    Optional<Path> state,
    boolean isolated) {

  /** The part of the shard that a job has, from 0 on. */
  Shard part(int job) {
    return new Shard((shard.number() - 1) * jobs + job + 1, shard.count() * jobs);
  }

  /** Where a job, from 0 on, keeps what it has done. */
  Optional<Path> state(int job) {
    return state.map(path -> path.resolveSibling(path.getFileName() + "." + (job + 1)));
  }
}
