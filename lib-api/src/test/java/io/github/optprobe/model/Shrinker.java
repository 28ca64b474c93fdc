package io.github.optprobe.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Makes a failing sequence as short as it gets: delta debugging, then each element smaller. */
public final class Shrinker {
  private Shrinker() {}

  /**
   * Shrinks.
   *
   * @param fails whether a sequence fails; true for {@code sequence}
   * @param smaller an element with less in it, in every way
   */
  public static <T> List<T> shrink(
      List<T> sequence, Predicate<List<T>> fails, Function<T, Stream<T>> smaller) {
    List<T> best = sequence;
    List<T> before;
    do {
      before = best;
      best = simplify(remove(best, fails), fails, smaller);
    } while (!best.equals(before));
    return best;
  }

  /** Takes out pieces, halves first, single elements last. */
  private static <T> List<T> remove(List<T> sequence, Predicate<List<T>> fails) {
    List<T> best = sequence;
    for (int piece = Math.max(1, best.size() / 2); piece > 0; piece /= 2) {
      int from = 0;
      while (from < best.size()) {
        List<T> shorter = new ArrayList<>(best);
        shorter.subList(from, Math.min(from + piece, best.size())).clear();
        if (fails.test(shorter)) {
          best = shorter;
        } else {
          from += piece;
        }
      }
    }
    return best;
  }

  private static <T> List<T> simplify(
      List<T> sequence, Predicate<List<T>> fails, Function<T, Stream<T>> smaller) {
    List<T> best = sequence;
    for (int i = 0; i < sequence.size(); i++) {
      for (T each : smaller.apply(best.get(i)).toList()) {
        List<T> changed = new ArrayList<>(best);
        changed.set(i, each);
        if (fails.test(changed)) {
          best = changed;
          break;
        }
      }
    }
    return best;
  }
}
