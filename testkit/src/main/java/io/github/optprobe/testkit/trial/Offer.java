package io.github.optprobe.testkit.trial;

import io.github.optprobe.Refusal;
import java.util.List;

/**
 * What an architecture offers for a subject, and what it refuses. Immutable.
 *
 * @param ways the ways in which it can be probed; empty if it can not
 * @param refusals the refusals, each kind once
 */
public record Offer(List<Way> ways, List<Refusal> refusals) {
  /** Creates an offer. */
  public Offer {
    ways = List.copyOf(ways);
    refusals = List.copyOf(refusals);
  }

  /** Whether the subject can be probed at all. */
  public boolean isProbed() {
    return !ways.isEmpty();
  }
}
