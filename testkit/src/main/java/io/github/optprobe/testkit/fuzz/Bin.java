package io.github.optprobe.testkit.fuzz;

import java.util.List;

/**
 * All cases of one kind, and one example of them.
 *
 * @param finding what they have in common
 * @param count how many there are
 * @param firstCase the index of the first one: the example
 * @param original the bytes of the example, as hex digits
 * @param minimised the fewest and simplest bytes that were found to be of the same bin
 * @param detail what the oracle has to say about the minimised example
 */
public record Bin(
    Finding finding, long count, long firstCase, String original, String minimised, String detail) {

  /** The same bin with more cases. */
  Bin plus(long cases) {
    return new Bin(finding, count + cases, firstCase, original, minimised, detail);
  }

  /**
   * Two commands that show the example again: by its bytes, and by its place in the campaign.
   *
   * @param instructionSet such as {@code "x86-64"}
   * @param generator name of the generator
   * @param seed of the campaign
   */
  public List<String> replayCommands(String instructionSet, String generator, long seed) {
    return List.of(
        "./optprobe replay --isa %s --hex %s".formatted(instructionSet, minimised),
        "./optprobe replay --isa %s --generator %s --seed %d --case %d"
            .formatted(instructionSet, generator, seed, firstCase));
  }
}
