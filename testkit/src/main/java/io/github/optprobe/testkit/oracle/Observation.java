package io.github.optprobe.testkit.oracle;

import io.github.optprobe.testkit.emulator.Snapshot;
import io.github.optprobe.testkit.emulator.TrapCounts;
import java.util.List;
import java.util.Map;

/**
 * All that is seen of one run. Immutable.
 *
 * @param results what the calls returned, in order
 * @param fault kind and address of what ended the scenario early; empty if nothing did
 * @param registers final values by name, in the register file's order
 * @param vectors final vector registers by name, as hex digits
 * @param memory all data memory at the end
 * @param stackPointer the final stack pointer; what is below it is dead
 * @param importCalls the calls out of the guest, in order
 * @param path the original instructions executed, in order; empty if no path was recorded
 * @param counts how often the guest was stopped; not compared
 */
public record Observation(
    List<Long> results,
    String fault,
    Map<String, Long> registers,
    Map<String, String> vectors,
    Snapshot memory,
    long stackPointer,
    List<ImportCall> importCalls,
    Path path,
    TrapCounts counts) {

  /** The same without its path, to be compared with a run whose path was not recorded. */
  public Observation withoutPath() {
    return new Observation(
        results, fault, registers, vectors, memory, stackPointer, importCalls, Path.NONE, counts);
  }
}
