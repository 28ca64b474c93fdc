package io.github.optprobe.testkit.protocol;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a patcher did in one run.
 *
 * @param name what stood in its way
 * @param moments its steps in order
 * @param jumps by address, what may stand there whole, as hex
 * @param end the text that it left
 */
record Recording(String name, List<Step.Moment> moments, Map<Long, Set<String>> jumps, String end) {
  Recording {
    moments = List.copyOf(moments);
    jumps = Map.copyOf(jumps);
  }
}
