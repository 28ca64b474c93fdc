package io.github.optprobe.live.stress;

import java.time.Duration;

/**
 * What came of some cycles. Wrong results and lost jumps are to be 0.
 *
 * @param what what was done
 * @param cycles how many probes were patched and restored
 * @param written how many jumps were written
 * @param removed how many jumps were taken out
 * @param unfinished how often something still waited when patience was over
 * @param calls how often functions were called meanwhile
 * @param wrong how many of these calls gave a wrong result, or changed what they must not
 * @param hits how many of these calls a handler counted
 * @param collections how often garbage was collected
 * @param time how long it took
 */
record Outcome(
    String what,
    long cycles,
    long written,
    long removed,
    long unfinished,
    long calls,
    long wrong,
    long hits,
    long collections,
    Duration time) {}
