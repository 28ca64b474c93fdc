package io.github.optprobe.arch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The registers of an architecture that handlers see, numbered from 0. Immutable and thread-safe.
 */
public final class RegisterFile {
  private final List<String> names;
  private final Map<String, Integer> indices = new HashMap<>();
  private final int programCounter;
  private final int stackPointer;

  /**
   * Creates a register file.
   *
   * @param names lower-case names by number
   * @param programCounter name of the program counter
   * @param stackPointer name of the stack pointer
   * @throws IllegalArgumentException if a name is given twice, or one of the two is missing
   */
  public RegisterFile(List<String> names, String programCounter, String stackPointer) {
    this.names = List.copyOf(names);
    for (int i = 0; i < names.size(); i++) {
      if (indices.put(names.get(i), i) != null) {
        throw new IllegalArgumentException("register named twice: " + names.get(i));
      }
    }
    this.programCounter = indexOf(programCounter);
    this.stackPointer = indexOf(stackPointer);
  }

  /** The names by number. */
  public List<String> names() {
    return names;
  }

  /** How many registers there are. */
  public int size() {
    return names.size();
  }

  /** The number of the program counter. */
  public int programCounter() {
    return programCounter;
  }

  /** The number of the stack pointer. */
  public int stackPointer() {
    return stackPointer;
  }

  /**
   * The number of a register.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public int indexOf(String name) {
    Integer index = indices.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no register %s; there are %s".formatted(name, names));
    }
    return index;
  }
}
