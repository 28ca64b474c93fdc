package io.github.optprobe.internal;

import java.util.ArrayList;
import java.util.List;

/** Cuts work into pieces that are written with one set of synchronisations each. */
final class Batches {
  private final int limit;

  Batches(int limit) {
    this.limit = limit;
  }

  <T> List<List<T>> of(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += limit) {
      batches.add(all.subList(from, Math.min(all.size(), from + limit)));
    }
    return batches;
  }
}
