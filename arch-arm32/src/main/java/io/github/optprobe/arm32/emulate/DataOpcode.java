package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.table.Flags;

/** What data processing does; the ordinal is the number in encodings of A32. Source: A5.2.1. */
@SuppressWarnings("EnumOrdinal") // the order is the hardware's
enum DataOpcode {
  AND,
  EOR,
  SUB,
  RSB,
  ADD,
  ADC,
  SBC,
  RSC,
  TST,
  TEQ,
  CMP,
  CMN,
  ORR,
  MOV,
  BIC,
  MVN;

  private static final DataOpcode[] BY_NUMBER = values();

  static DataOpcode ofNumber(int number) {
    return BY_NUMBER[number];
  }

  /** Whether flags are all that it gives. */
  boolean isComparison() {
    return switch (this) {
      case TST, TEQ, CMP, CMN -> true;
      default -> false;
    };
  }

  /**
   * Computes.
   *
   * @param first value of the first operand, which MOV and MVN ignore
   */
  Outcome outcome(Cpu cpu, int first, SecondOperand operand) {
    int second = operand.value(cpu);
    boolean carry = cpu.has(Flags.C);
    return switch (this) {
      case SUB, CMP -> Outcome.ofSum(first, ~second, true);
      case RSB -> Outcome.ofSum(~first, second, true);
      case ADD, CMN -> Outcome.ofSum(first, second, false);
      case ADC -> Outcome.ofSum(first, second, carry);
      case SBC -> Outcome.ofSum(first, ~second, carry);
      case RSC -> Outcome.ofSum(~first, second, carry);
      default -> new Outcome(logical(first, second), operand.carry(cpu), cpu.has(Flags.V));
    };
  }

  private int logical(int first, int second) {
    return switch (this) {
      case AND, TST -> first & second;
      case EOR, TEQ -> first ^ second;
      case ORR -> first | second;
      case MOV -> second;
      case BIC -> first & ~second;
      case MVN -> ~second;
      default -> throw new IllegalStateException(this + " is arithmetic");
    };
  }
}
