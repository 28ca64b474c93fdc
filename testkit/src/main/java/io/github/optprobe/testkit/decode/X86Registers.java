package io.github.optprobe.testkit.decode;

import java.util.List;

/** The general registers of x86 by name, at every width. */
final class X86Registers {
  private static final List<String> STEMS = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");

  private X86Registers() {}

  /** The bit of the register that has this one as a part, by the hardware's number; else 0. */
  static long bit(String name) {
    int number = number(name);
    return number < 0 ? 0 : 1L << number;
  }

  private static int number(String name) {
    int stem = STEMS.indexOf(legacyStem(name));
    return stem >= 0 ? stem : name.matches("r([89]|1[0-5])[dwb]?") ? extended(name) : -1;
  }

  private static int extended(String name) {
    return Integer.parseInt(name.replaceAll("[^0-9]", ""));
  }

  /** {@code "sil"} is a part of {@code "si"}, and {@code "ch"} of {@code "cx"}. */
  private static String legacyStem(String name) {
    if (name.length() == 3 && (name.charAt(0) == 'r' || name.charAt(0) == 'e')) {
      return name.substring(1);
    }
    if (name.length() == 3 && name.endsWith("l")) {
      return name.substring(0, 2);
    }
    return name.matches("[acdb][lh]") ? name.charAt(0) + "x" : name;
  }
}
