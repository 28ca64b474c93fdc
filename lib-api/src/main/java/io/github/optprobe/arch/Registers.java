package io.github.optprobe.arch;

/**
 * The registers of one CPU, live or as a detour buffer saved them. Not thread-safe; those handed to
 * a handler are valid during its call only.
 */
public interface Registers {

  /** Which registers there are: the object that the architecture gives. */
  RegisterFile file();

  /**
   * A register's value; narrower registers are zero-extended.
   *
   * @param index its number in {@link #file()}
   * @throws IndexOutOfBoundsException if there is no such number
   */
  long get(int index);

  /**
   * Changes a register; bits beyond its width are dropped.
   *
   * @throws IndexOutOfBoundsException if there is no such number
   */
  void set(int index, long value);

  /**
   * A register's value by name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  default long get(String name) {
    return get(file().indexOf(name));
  }

  /**
   * Changes a register by name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  default void set(String name, long value) {
    set(file().indexOf(name), value);
  }

  /** The program counter. */
  default long programCounter() {
    return get(file().programCounter());
  }

  /** Changes the program counter. */
  default void setProgramCounter(long address) {
    set(file().programCounter(), address);
  }

  /** The stack pointer. */
  default long stackPointer() {
    return get(file().stackPointer());
  }
}
