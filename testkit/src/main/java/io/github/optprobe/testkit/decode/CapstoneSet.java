package io.github.optprobe.testkit.decode;

import org.jspecify.annotations.Nullable;

/** The instruction sets as Capstone numbers them: {@code cs_arch} and {@code cs_mode}. */
enum CapstoneSet {
  X86_64("x86-64", 3, 1 << 3),
  X86_32("x86-32", 3, 1 << 2),
  A32("a32", 0, 0),
  T32("t32", 0, 1 << 4);

  private static final CapstoneSet[] ALL = values();

  private final String instructionSet;
  private final int architecture;
  private final int mode;

  CapstoneSet(String instructionSet, int architecture, int mode) {
    this.instructionSet = instructionSet;
    this.architecture = architecture;
    this.mode = mode;
  }

  static @Nullable CapstoneSet named(String instructionSet) {
    for (CapstoneSet set : ALL) {
      if (set.instructionSet.equals(instructionSet)) {
        return set;
      }
    }
    return null;
  }

  boolean isX86() {
    return this == X86_64 || this == X86_32;
  }

  int architecture() {
    return architecture;
  }

  int mode() {
    return mode;
  }
}
