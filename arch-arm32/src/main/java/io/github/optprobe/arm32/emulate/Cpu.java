package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;

/**
 * Registers and memory while one instruction is carried out. All reads of registers see what was
 * there before the instruction; all writes are held back until {@link #commit}, so that nothing has
 * changed if a load or store fails. Not thread-safe; of use for one instruction once.
 */
final class Cpu {
  private static final long ADDRESS_MASK = 0xFFFF_FFFFL;
  private static final int PAGE_BYTES = 4096;

  private final Instruction instruction;
  private final Registers registers;
  private final DataMemory memory;
  private final int cpsr;

  private final int[] written = new int[ArmRegisters.PC];
  private int isWritten;
  private int newCpsr;
  private ItState it;
  private ArmSet set;
  private long next;

  Cpu(Instruction instruction, Registers registers, DataMemory memory) {
    this.instruction = instruction;
    this.registers = registers;
    this.memory = memory;
    this.cpsr = ProgramStatus.cpsr(registers);
    this.newCpsr = cpsr;
    this.set = instruction.set();
    this.it = set == ArmSet.T32 ? ItState.ofCpsr(cpsr) : ItState.OUTSIDE;
    this.next = instruction.nextAddress();
  }

  /** To be asked before the effect, which may change the place in the IT block. */
  boolean conditionHolds() {
    Condition condition = hasOwnCondition() ? instruction.condition() : it.condition();
    it = it.advanced();
    return condition.holds(cpsr);
  }

  private boolean hasOwnCondition() {
    return instruction.set() == ArmSet.A32
        || instruction.treatment() == Treatment.BRANCH_CONDITIONAL;
  }

  /** A register's value; that of PC is what the instruction reads as PC. */
  int get(int number) {
    return (int) (number == ArmRegisters.PC ? instruction.pc() : registers.get(number));
  }

  /** A register as the base of an address: PC is aligned down to a word. */
  int base(int number) {
    return number == ArmRegisters.PC ? (int) instruction.alignedPc() : get(number);
  }

  /** Changes a register other than PC. */
  void set(int number, int value) {
    written[number] = value;
    isWritten |= 1 << number;
  }

  /** The program status register. */
  int cpsr() {
    return cpsr;
  }

  /** Whether a flag is set. */
  boolean has(int flag) {
    return (cpsr & flag) != 0;
  }

  /** Changes the bits of the mask in the program status register. */
  void setFlags(int mask, int value) {
    newCpsr = (newCpsr & ~mask) | (value & mask);
  }

  /** Says where in an IT block the next instruction stands. */
  void setItState(ItState state) {
    it = state;
  }

  /** Goes on elsewhere in the same instruction set. Source: BranchWritePC, A2.3.1. */
  void branch(int target) {
    exchange(instruction.set() == ArmSet.T32 ? target | 1 : target & ~3);
  }

  /** Goes on where a function pointer points to. Source: BXWritePC and LoadWritePC, A2.3.1. */
  void exchange(int marked) {
    set = (marked & 1) == 0 ? ArmSet.A32 : ArmSet.T32;
    next = marked & ADDRESS_MASK;
    it = ItState.OUTSIDE;
  }

  /** Writes LR as a call does: the next address, with the mark of this instruction set. */
  void link() {
    long marked = ProgramStatus.marked(instruction.nextAddress(), instruction.set());
    set(ArmRegisters.LR, (int) marked);
  }

  /** Writes a loaded word to a register, which for PC is an exchanging branch. */
  void setLoaded(int number, int value) {
    if (number == ArmRegisters.PC) {
      exchange(value);
    } else {
      set(number, value);
    }
  }

  /**
   * Writes a result of data processing to a register, which for PC is a branch, in A32 an
   * exchanging one. Source: ALUWritePC, A2.3.1.
   */
  void setComputed(int number, int value) {
    if (number != ArmRegisters.PC) {
      set(number, value);
    } else if (instruction.set() == ArmSet.A32) {
      exchange(value);
    } else {
      branch(value);
    }
  }

  /** Loads 1, 2 or 4 bytes, zero-extended. */
  int load(int address, int bytes) {
    return (int) memory.load(address & ADDRESS_MASK, bytes);
  }

  /** Stores the low 1, 2 or 4 bytes: all of them or, with an exception, none. */
  void store(int address, int bytes, int value) {
    int inPage = address & (PAGE_BYTES - 1);
    if (inPage + bytes > PAGE_BYTES) {
      load(address, bytes);
    }
    memory.store(
        address & ADDRESS_MASK, bytes, value & ADDRESS_MASK >>> (Integer.SIZE - bytes * 8));
  }

  /** Makes all writes of registers happen. */
  void commit() {
    for (int left = isWritten; left != 0; left &= left - 1) {
      int number = Integer.numberOfTrailingZeros(left);
      registers.set(number, written[number] & ADDRESS_MASK);
    }
    if (newCpsr != cpsr) {
      ProgramStatus.setCpsr(registers, newCpsr);
    }
    if (instruction.set() == ArmSet.T32) {
      ProgramStatus.setItState(registers, it);
    }
    ProgramStatus.exchange(registers, ProgramStatus.marked(next, set));
  }
}
