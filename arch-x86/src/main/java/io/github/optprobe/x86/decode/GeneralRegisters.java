package io.github.optprobe.x86.decode;

import java.util.HashMap;
import java.util.Map;

/** The general-purpose registers by name, at every width. */
final class GeneralRegisters {
  private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final Map<String, Integer> NUMBERS = numbers();

  private GeneralRegisters() {}

  /** The hardware number (0 = rax … 15 = r15) of the register that contains this one, or -1. */
  static int number(String name) {
    return NUMBERS.getOrDefault(name, -1);
  }

  private static Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < LEGACY.length; i++) {
      putLegacy(numbers, LEGACY[i], i);
      putExtended(numbers, "r" + (i + 8), i + 8);
    }
    return numbers;
  }

  private static void putLegacy(Map<String, Integer> numbers, String name, int number) {
    numbers.put("r" + name, number);
    numbers.put("e" + name, number);
    numbers.put(name, number);
    if (name.endsWith("x")) {
      numbers.put(name.charAt(0) + "l", number);
      numbers.put(name.charAt(0) + "h", number);
    } else {
      numbers.put(name + "l", number);
    }
  }

  private static void putExtended(Map<String, Integer> numbers, String name, int number) {
    numbers.put(name, number);
    numbers.put(name + "d", number);
    numbers.put(name + "w", number);
    numbers.put(name + "b", number);
  }
}
