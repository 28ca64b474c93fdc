package io.github.optprobe.testkit.trial;

import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.MachineState;

/**
 * How a run of the original code ended.
 *
 * @param start the state that it began with
 * @param state the state that it ended with
 * @param end why it ended
 * @param memory data and stack afterwards
 */
record Outcome(MachineState start, MachineState state, Ending end, Playground.MemoryImage memory) {}
