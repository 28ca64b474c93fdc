package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;

/**
 * Branches, calls, and IT. Source: A8.8.18 (B), A8.8.25 to A8.8.27 (BL, BLX, BX), A8.8.29 (CBNZ,
 * CBZ), A8.8.54 (IT), A8.8.236 (TBB, TBH).
 */
final class Branches {
  private static final int IT = 0xBF00;

  private Branches() {}

  static Effect of(Instruction instruction) {
    return switch (instruction.treatment()) {
      case BRANCH, BRANCH_CONDITIONAL -> branch(instruction);
      case CALL -> linked(branch(instruction));
      case CALL_EXCHANGE -> linked(toOtherSet(instruction));
      case BRANCH_REGISTER -> toRegister(instruction);
      case CALL_REGISTER -> linked(toRegister(instruction));
      case COMPARE_BRANCH -> compareAndBranch(instruction);
      case TABLE_BRANCH -> tableBranch(instruction);
      case IF_THEN -> ifThen(instruction);
      default -> throw new IllegalStateException(instruction + " is no branch");
    };
  }

  private static Effect branch(Instruction instruction) {
    int target = (int) instruction.branchTarget();
    return cpu -> cpu.branch(target);
  }

  /** The target may be LR: what is read is what was there before. */
  private static Effect linked(Effect branch) {
    return cpu -> {
      cpu.link();
      branch.on(cpu);
    };
  }

  private static Effect toOtherSet(Instruction instruction) {
    int mark = instruction.set() == ArmSet.A32 ? 1 : 0;
    int target = (int) instruction.branchTarget() | mark;
    return cpu -> cpu.exchange(target);
  }

  private static Effect toRegister(Instruction instruction) {
    int register = instruction.field('m');
    return cpu -> cpu.exchange(cpu.get(register));
  }

  private static Effect compareAndBranch(Instruction instruction) {
    int register = instruction.field('n');
    boolean ifZero = !Bits.of(instruction).has(11);
    int target = (int) instruction.branchTarget();
    return cpu -> {
      if ((cpu.get(register) == 0) == ifZero) {
        cpu.branch(target);
      }
    };
  }

  /** A base of PC is not aligned, as the table stands directly behind the instruction. */
  private static Effect tableBranch(Instruction instruction) {
    int base = instruction.field('n');
    int index = instruction.field('m');
    int shift = instruction.field('h');
    int origin = (int) instruction.pc();
    return cpu -> {
      int entry = cpu.load(cpu.get(base) + (cpu.get(index) << shift), 1 << shift);
      cpu.branch(origin + 2 * entry);
    };
  }

  private static Effect ifThen(Instruction instruction) {
    ItState behind = ItState.behind(IT | instruction.encoding());
    return cpu -> cpu.setItState(behind);
  }
}
