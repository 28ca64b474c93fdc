package io.github.optprobe.examples.riscv;

import static io.github.optprobe.examples.riscv.Register.A0;
import static io.github.optprobe.examples.riscv.Register.A1;
import static io.github.optprobe.examples.riscv.Register.RA;
import static io.github.optprobe.examples.riscv.Register.SP;
import static io.github.optprobe.examples.riscv.Register.T0;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Registers;

/**
 * The frame in which buffers save registers: x1 to x31, each at its number times the width of one,
 * directly below the stack pointer. There is nothing there that anybody uses (psABI, 2.1), and the
 * frame's size keeps the stack pointer aligned to 16 bytes.
 */
final class Frame {
  private final Xlen xlen;
  private final int bytes;

  Frame(Xlen xlen) {
    this.xlen = xlen;
    bytes = Register.COUNT * xlen.bytes();
  }

  /** Where a register is, from the start of the frame. */
  int offset(int register) {
    return register * xlen.bytes();
  }

  /** Saves all registers. The stack pointer's old value goes through a register saved before. */
  void save(Code code) {
    code.word(Asm.addi(SP, SP, -bytes));
    for (int register = RA; register < Register.COUNT; register++) {
      if (register != SP) {
        code.word(store(register, register));
      }
    }
    code.word(Asm.addi(T0, SP, bytes)).word(store(T0, SP));
  }

  /** Calls the gate: a function of the probed address, which is in a0, and of the frame. */
  void call(Code code, Gate gate) {
    code.word(Asm.addi(A1, SP, 0)).constant(T0, gate.address()).word(Asm.jalr(RA, T0, 0));
  }

  /** Loads all registers, the stack pointer last: a handler may have changed it too. */
  void restore(Code code) {
    for (int register = RA; register < Register.COUNT; register++) {
      if (register != SP) {
        code.word(load(register));
      }
    }
    code.word(load(SP));
  }

  /**
   * Takes back what saving had changed when it faulted because the stack is full: the stack pointer
   * only. The last store, for which t0 has changed, lies between two that did not fault.
   *
   * @param offset where it faulted, in bytes from the start of saving
   */
  void repairSaving(int offset, Registers registers, DataMemory memory) {
    int last = Register.COUNT * Instruction.BYTES;
    if (offset > 0 && offset <= last) {
      registers.set(SP, xlen.unsigned(registers.stackPointer() + bytes));
    }
  }

  private int store(int register, int place) {
    Opcode opcode = xlen == Xlen.RV64 ? Opcode.SD : Opcode.SW;
    return Asm.store(opcode, register, SP, offset(place));
  }

  private int load(int register) {
    Opcode opcode = xlen == Xlen.RV64 ? Opcode.LD : Opcode.LW;
    return Asm.immediate(opcode, register, SP, offset(register));
  }

  /** The address of the buffer that begins with {@link #save}, as the probed address. */
  void probedIsHere(Code code) {
    int offset = code.bytes();
    code.word(Asm.auipc(A0, 0)).word(Asm.addi(A0, A0, -offset));
  }
}
