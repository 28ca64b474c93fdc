package io.github.optprobe.testkit.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a CPU came to be where it is, for the picture.
 *
 * @param before where it was before; null if it stood here from the beginning
 * @param moment behind how many steps it came
 * @param doing what it did last, in words
 */
record Arrival(@Nullable Arrival before, int moment, String doing) {

  /** From the beginning to the end. */
  List<Arrival> history() {
    Deque<Arrival> history = new ArrayDeque<>();
    for (Arrival each = this; each != null; each = each.before) {
      history.addFirst(each);
    }
    return List.copyOf(history);
  }
}
