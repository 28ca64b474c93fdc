package io.github.optprobe;

/**
 * What one pass of the optimizer did.
 *
 * @param optimized how many probes became jumps
 * @param unoptimized how many addresses got their original text back
 * @param waiting how many are still queued, because a CPU stands in their window
 * @param failed how many stay as they are, because a store failed
 * @param freed how many slots and detour buffers of removed probes were freed
 */
public record OptimizerPass(int optimized, int unoptimized, int waiting, int failed, int freed) {

  /** A pass that did nothing. */
  static final OptimizerPass NOTHING = new OptimizerPass(0, 0, 0, 0, 0);
}
