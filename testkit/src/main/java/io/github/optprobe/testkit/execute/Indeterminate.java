package io.github.optprobe.testkit.execute;

import java.util.Map;
import java.util.Set;

/**
 * What an instruction leaves in some registers that its manual does not define, so that two runs
 * may differ in it and both be right.
 *
 * @param instructionSets names of the instruction sets
 * @param operations mnemonics without prefixes, as disassemblers write them
 * @param bits the bits of registers that mean nothing behind it, by register
 * @param section where the manual says so
 */
public record Indeterminate(
    Set<String> instructionSets, Set<String> operations, Map<String, Long> bits, String section) {
  /** Creates it. */
  public Indeterminate {
    instructionSets = Set.copyOf(instructionSets);
    operations = Set.copyOf(operations);
    bits = Map.copyOf(bits);
    if (section.isBlank()) {
      throw new IllegalArgumentException("nothing is masked without the manual's section");
    }
  }
}
