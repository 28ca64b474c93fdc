package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.RegisterFile;
import java.util.List;

/**
 * The registers. Number 0 of the register file is the program counter, because x0 holds nothing
 * that a handler could see or change; the others have their own numbers. Names are those of the
 * psABI, chapter 1.
 */
final class Register {
  static final int RA = 1;
  static final int SP = 2;
  static final int TP = 4;
  static final int T0 = 5;
  static final int A0 = 10;
  static final int A1 = 11;
  static final int COUNT = 32;

  private static final String ZERO = "zero";
  private static final List<String> NAMES =
      List.of(
          "pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
          "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3",
          "t4", "t5", "t6");

  static final RegisterFile FILE = new RegisterFile(NAMES, "pc", "sp");

  private Register() {}

  /** The name of x0 to x31 in assembly. */
  static String name(int number) {
    return number == 0 ? ZERO : NAMES.get(number);
  }

  /** Whether calls return to what is in it. Manual, 2.5.1: x1, and x5 as the alternate one. */
  static boolean isLink(int number) {
    return number == RA || number == T0;
  }
}
