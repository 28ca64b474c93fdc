package io.github.optprobe.live;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.live.memory.Peek;
import java.util.List;
import java.util.Set;

/**
 * A value that a hit has: a register, or memory that a register points to. Registers have the names
 * of x86-64: {@code rax} … {@code r15}, {@code rip} (the probed address) and {@code rflags}.
 * Immutable and thread-safe.
 */
public final class Operand {
  private static final List<String> NAMES =
      List.of(
          "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
          "r13", "r14", "r15", "rip", "rflags");
  private static final Set<Integer> WIDTHS = Set.of(1, 2, 4, 8);
  private static final int NO_MEMORY = 0;

  private final int register;
  private final int displacement;
  private final int bytes;

  private Operand(int register, int displacement, int bytes) {
    this.register = register;
    this.displacement = displacement;
    this.bytes = bytes;
  }

  /**
   * The value of a register, all 64 bits.
   *
   * @throws IllegalArgumentException if x86-64 has none of that name
   */
  public static Operand register(String name) {
    return new Operand(number(name), 0, NO_MEMORY);
  }

  /**
   * What is in memory at a register's value plus a displacement, zero-extended to 64 bits. It has
   * to be readable at every hit: where it is not, the probed program faults, as it would if it read
   * there itself. It is memory of this process; in an emulator use registers.
   *
   * @param baseRegister any register but {@code rflags}
   * @param displacement bytes to add, of either sign
   * @param bytes how many to read: 1, 2, 4 or 8
   * @throws IllegalArgumentException if there is no such register or width
   */
  public static Operand memory(String baseRegister, int displacement, int bytes) {
    int base = number(baseRegister);
    if (base == Frame.RFLAGS) {
      throw new IllegalArgumentException("rflags points nowhere");
    }
    if (!WIDTHS.contains(bytes)) {
      throw new IllegalArgumentException("1, 2, 4 or 8 bytes can be read, not " + bytes);
    }
    return new Operand(base, displacement, bytes);
  }

  /**
   * Where the function will return to: the word that rsp points to. Right at a function's entry
   * only, before its first instruction.
   */
  public static Operand returnAddress() {
    return memory("rsp", 0, Long.BYTES);
  }

  /** Its value in a hit that Java handles. */
  long read(Registers registers) {
    long value = registers.get(NAMES.get(register));
    return isMemory() ? Peek.read(value + displacement, bytes) : value;
  }

  /** Writes code that loads its value into a register. */
  void emitLoad(Frame frame, int to) {
    frame.loadRegister(to, register);
    if (isMemory()) {
      frame.code().load(to, to, displacement, bytes);
    }
  }

  boolean isMemory() {
    return bytes != NO_MEMORY;
  }

  Needs needs() {
    return new Needs(false, register == Frame.RFLAGS);
  }

  @Override
  public String toString() {
    String name = NAMES.get(register);
    return isMemory() ? "%d bytes at %s%+d".formatted(bytes, name, displacement) : name;
  }

  private static int number(String name) {
    int number = NAMES.indexOf(name);
    if (number < 0) {
      throw new IllegalArgumentException("x86-64 has no register " + name);
    }
    return number;
  }
}
