package io.github.optprobe.arch;

import java.util.List;
import java.util.ServiceLoader;

/** Finds the architectures that are on the class path or module path. Thread-safe. */
public final class Architectures {
  private Architectures() {}

  /**
   * All architectures that the context class loader's services name, each a new instance.
   *
   * @throws java.util.ServiceConfigurationError if one of them can not be created
   */
  public static List<Architecture> all() {
    return ServiceLoader.load(Architecture.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * The architecture for an instruction set.
   *
   * @param name the instruction set's name, such as {@code "x86-64"}
   * @throws IllegalArgumentException if there is none: the message lists what was found and what to
   *     add
   */
  public static Architecture named(String name) {
    List<Architecture> found = all();
    return found.stream()
        .filter(candidate -> candidate.instructionSet().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(nothingFound(name, found)));
  }

  private static String nothingFound(String name, List<Architecture> found) {
    List<String> names = found.stream().map(each -> each.instructionSet().name()).toList();
    return "no architecture for %s; found: %s. Add its module as a dependency, such as %s."
        .formatted(name, names, "io.github.optprobe:optprobe-arch-x86");
  }
}
