package io.github.optprobe.x86.libz;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * The callbacks of {@code inflateBack}, once for each loaded library.
 *
 * @param nothingMore {@code in}: there is no further input
 * @param discard {@code out}: takes the output and says that all is well
 */
record Callbacks(long nothingMore, long discard) {
  private static final Map<Libz, Callbacks> MADE = new WeakHashMap<>();

  static synchronized Callbacks of(Libz libz) {
    return MADE.computeIfAbsent(
        libz,
        each ->
            new Callbacks(
                each.target.addHostFunction(call -> 0), each.target.addHostFunction(call -> 0)));
  }
}
