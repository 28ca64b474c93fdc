package io.github.optprobe;

/**
 * What one pass of the optimizer did.
 *
 * @param optimized how many probes became jumps
 * @param waiting how many are still queued, because a CPU stands in their window
 * @param failed how many stay breakpoints, because a store failed
 * @param freed how many slots and detour buffers of removed probes were freed
 */
public record OptimizerPass(int optimized, int waiting, int failed, int freed) {}
