package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import java.util.List;

/** The names of instruction sets, as an option has them. */
final class Isa {
  private Isa() {}

  /** All that there are, sorted. */
  static List<String> names() {
    return Known.ALL.stream().map(each -> each.instructionSet().name()).sorted().toList();
  }

  /**
   * Checks a name.
   *
   * @throws CommandFailure if there is no such set
   */
  static void requireKnown(String name) {
    if (!names().contains(name)) {
      throw CommandFailure.usage(
          new Caret(name, 0, name.length(), "--isa: no such instruction set", "one of " + names()));
    }
  }

  /**
   * The architecture of a name.
   *
   * @throws CommandFailure if there is no such set
   */
  static Architecture named(String name) {
    requireKnown(name);
    return Known.ALL.stream()
        .filter(each -> each.instructionSet().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Looked for once: they are thread-safe, and looking takes longer than sweeping a small file. */
  private static final class Known {
    static final List<Architecture> ALL = Architectures.all();
  }
}
