package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import java.nio.file.Path;
import java.util.List;

/** Makes the generators that the testkit has. Each call gives a new one. Thread-safe. */
public final class Generators {
  private static final String CORPUS = "corpus:";

  private Generators() {}

  /**
   * A generator by the name that its {@link Generator#name} gives.
   *
   * <ul>
   *   <li>{@code sliding}: windows over plausible instructions of x86
   *   <li>{@code encoded}: words that decode, with their fields varied; A32 and T32
   *   <li>{@code exhaustive}: all 16-bit encodings of T32, all words of A32
   *   <li>{@code exhaustive-wide}: all 32-bit encodings of T32
   *   <li>{@code corpus:FILE}: each place in the code of an ELF file
   *   <li>{@code random}: any bytes
   * </ul>
   *
   * @param instructionSet such as {@code "x86-64"}
   * @throws IllegalArgumentException if there is none by that name for the instruction set
   * @throws io.github.optprobe.testkit.decode.DecoderUnavailableException if it needs a decoder
   *     that is not there: {@code encoded} needs Capstone
   */
  public static Generator named(String name, String instructionSet) {
    if (name.startsWith(CORPUS)) {
      return CorpusGenerator.ofElf(Path.of(name.substring(CORPUS.length())), instructionSet);
    }
    return switch (name + " " + instructionSet) {
      case "sliding x86-64" -> new SlidingX86Generator(true);
      case "sliding x86-32" -> new SlidingX86Generator(false);
      case "encoded a32", "encoded t32" -> encoded(instructionSet, Decoders.capstone());
      case "exhaustive t32" -> ExhaustiveGenerator.ofHalfwords();
      case "exhaustive-wide t32" -> ExhaustiveGenerator.ofWideT32();
      case "exhaustive a32" -> ExhaustiveGenerator.ofWords();
      default -> other(name, instructionSet);
    };
  }

  private static Generator other(String name, String instructionSet) {
    if (name.equals("random")) {
      return new RandomGenerator(instructionSet.startsWith("x86") ? 15 : Integer.BYTES);
    }
    throw new IllegalArgumentException("no generator %s for %s".formatted(name, instructionSet));
  }

  /** The best one for an instruction set of which nothing else is known. */
  public static Generator standard(String instructionSet) {
    return switch (instructionSet) {
      case "x86-64", "x86-32" -> named("sliding", instructionSet);
      case "a32", "t32" -> named("encoded", instructionSet);
      default -> named("random", instructionSet);
    };
  }

  /**
   * Words of an instruction set of fixed width of which a decoder knows many: see {@code encoded}
   * above.
   *
   * @param guide says which words are instructions
   */
  public static Generator encoded(String instructionSet, Decoder guide) {
    return new EncodedGenerator(instructionSet, guide);
  }

  /**
   * Encodings by patterns as manuals draw them, such as {@code "cccc 0010 100s nnnn dddd iiii iiii
   * iiii"}: 16 or 32 bits, the highest first, letters for fields. Of T32 the first halfword comes
   * first; all is written little-endian.
   *
   * @throws IllegalArgumentException if one of them is no such pattern
   */
  public static Generator patterns(String instructionSet, List<String> patterns) {
    return new PatternGenerator(instructionSet, patterns.stream().map(BitPattern::parse).toList());
  }
}
