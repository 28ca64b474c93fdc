package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.Registers;

/**
 * Computes the effect of instructions that use the program counter. Manual, 2.4 and 2.5. A jump to
 * an address that no instruction has faults there, as on CPUs that have compressed instructions
 * too, and not at the jump.
 */
final class Emulation {
  private Emulation() {}

  static boolean isPossible(Instruction it) {
    return it.opcode() == Opcode.LUI || it.opcode() == Opcode.AUIPC || it.isTransfer();
  }

  /** Executes one. */
  static void execute(Instruction it, Registers registers) {
    switch (it.opcode()) {
      case LUI -> set(it, registers, it.immediate(), it.next());
      case AUIPC -> set(it, registers, it.target(), it.next());
      case JAL -> set(it, registers, it.next(), it.target());
      // The target first: it may be in the register that takes the return address.
      case JALR -> set(it, registers, it.next(), jalrTarget(it, registers));
      default -> registers.setProgramCounter(isTaken(it, registers) ? it.target() : it.next());
    }
  }

  private static void set(Instruction it, Registers registers, long value, long programCounter) {
    if (it.rd() != 0) {
      registers.set(it.rd(), it.xlen().unsigned(value));
    }
    registers.setProgramCounter(programCounter);
  }

  private static long jalrTarget(Instruction it, Registers registers) {
    return it.xlen().unsigned(get(it.rs1(), registers) + it.immediate()) & ~1L;
  }

  private static boolean isTaken(Instruction it, Registers registers) {
    long left = it.xlen().signed(get(it.rs1(), registers));
    long right = it.xlen().signed(get(it.rs2(), registers));
    return switch (it.opcode()) {
      case BEQ -> left == right;
      case BNE -> left != right;
      case BLT -> left < right;
      case BGE -> left >= right;
      case BLTU -> Long.compareUnsigned(left, right) < 0;
      case BGEU -> Long.compareUnsigned(left, right) >= 0;
      default -> throw new IllegalArgumentException("not emulated: " + it.line().text());
    };
  }

  private static long get(int number, Registers registers) {
    return number == 0 ? 0 : registers.get(number);
  }
}
