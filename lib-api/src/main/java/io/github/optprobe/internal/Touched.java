package io.github.optprobe.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * The addresses that one operation concerns, each once, in order. Marks them instead of keeping a
 * set of its own, because a batch may concern a million. Used under the registry's lock; {@link
 * #close} takes the marks away. Where a handler starts an operation in the middle of another one,
 * an address of both may be in the outer one twice, which does no harm.
 */
final class Touched implements AutoCloseable {
  private final List<Aggregate> probes = new ArrayList<>();

  void touch(Aggregate probe) {
    if (probe.touchedBy() != this) {
      probe.setTouchedBy(this);
      probes.add(probe);
    }
  }

  List<Aggregate> probes() {
    return probes;
  }

  @Override
  public void close() {
    for (Aggregate probe : probes) {
      if (probe.touchedBy() == this) {
        probe.setTouchedBy(null);
      }
    }
  }
}
