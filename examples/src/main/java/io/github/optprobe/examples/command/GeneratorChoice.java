package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.elf.ElfImageException;
import io.github.optprobe.testkit.decode.ArchitectureDecoder;
import io.github.optprobe.testkit.fuzz.Generator;
import io.github.optprobe.testkit.fuzz.Generators;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Which generator makes cases, by name. */
final class GeneratorChoice {
  private static final String ENCODED = "encoded";
  private static final String RANDOM = "random";
  private static final List<String> NAMES =
      List.of(ENCODED, "exhaustive", "exhaustive-wide", RANDOM, "sliding", "corpus:FILE");

  private final String isa;

  GeneratorChoice(String isa) {
    this.isa = isa;
  }

  /** The testkit's; for others that have words of 32 bits, those that their architecture knows. */
  String best() {
    return switch (isa) {
      case "x86-64", "x86-32" -> "sliding";
      case "a32", "t32" -> ENCODED;
      default -> wordsOf(isa).isPresent() ? ENCODED : RANDOM;
    };
  }

  /**
   * What a user wants.
   *
   * @throws CommandFailure if it is not there
   */
  String checked(String name) {
    make(name, isa);
    return name;
  }

  /**
   * Makes one.
   *
   * @throws CommandFailure if it is not there
   */
  static Generator make(String name, String isa) {
    Optional<Architecture> words = wordsOf(isa);
    if (name.equals(ENCODED) && words.isPresent()) {
      return Generators.encoded(isa, new ArchitectureDecoder(words.get()));
    }
    try {
      return Generators.named(name, isa);
    } catch (IllegalArgumentException | UncheckedIOException | ElfImageException wrong) {
      String message = "--generator: " + wrong.getMessage();
      throw CommandFailure.usage(Caret.rest(name, 0, message, "one of " + NAMES));
    }
  }

  /** The architecture of a set that the testkit has no generator of, if it has words of 32 bits. */
  private static Optional<Architecture> wordsOf(String isa) {
    boolean own = isa.startsWith("x86") || isa.equals("a32") || isa.equals("t32");
    return own || !Isa.names().contains(isa)
        ? Optional.empty()
        : Optional.of(Isa.named(isa))
            .filter(each -> each.instructionSet().alignment() == Integer.BYTES);
  }
}
