package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.Privilege;
import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.OpcodeMap;
import java.util.Optional;

/** Knows which instructions are emulated. Immutable and thread-safe. */
public final class Emulator {
  private static final int INDIRECT_OPERAND_OPCODE = 0xFF;

  private final Privilege privilege;

  /**
   * Creates an emulator.
   *
   * @param privilege at which the text runs
   */
  public Emulator(Privilege privilege) {
    this.privilege = privilege;
  }

  /**
   * The effect of an instruction; empty if it is left to the processor. Near branches with a 66
   * prefix are: processors disagree on them.
   */
  public Optional<Emulation> emulationOf(Instruction instruction) {
    // Vector opcodes that look like others are told apart here, once for all.
    if (instruction.encoding() != Encoding.LEGACY) {
      return Optional.empty();
    }
    Machine machine = Machine.of(instruction.mode());
    return switch (instruction.flow()) {
      case NEXT -> straight(machine, instruction);
      case FAR, INTERRUPT, TRAP, UNKNOWN -> Optional.empty();
      default ->
          instruction.hasOperandSizePrefix() ? Optional.empty() : transfer(machine, instruction);
    };
  }

  private static Optional<Emulation> transfer(Machine machine, Instruction instruction) {
    return switch (instruction.flow()) {
      case JUMP_RELATIVE -> Optional.of(new Branch(machine, instruction.branchTarget()));
      case CALL_RELATIVE -> Optional.of(new RelativeCall(machine, instruction.branchTarget()));
      case COND_RELATIVE -> Optional.of(conditional(machine, instruction));
      case LOOP_RELATIVE ->
          hasRepeatPrefix(instruction)
              ? Optional.empty()
              : Optional.of(counter(machine, instruction));
      case RETURN -> Optional.of(new Return(machine, argumentBytes(instruction)));
      case XBEGIN -> Optional.of(new AbortedTransaction(machine, instruction.branchTarget()));
      case JUMP_INDIRECT -> target(instruction).map(each -> new OperandJump(machine, each));
      case CALL_INDIRECT -> target(instruction).map(each -> new OperandCall(machine, each));
      default -> Optional.empty();
    };
  }

  private static Emulation conditional(Machine machine, Instruction instruction) {
    return new ConditionalBranch(machine, instruction.condition(), instruction.branchTarget());
  }

  /** Some processors take it for the condition: to them F3 loopne is loope, F2 loope is loopne. */
  private static boolean hasRepeatPrefix(Instruction instruction) {
    return instruction.hasPrefix(0xF2) || instruction.hasPrefix(0xF3);
  }

  private static Emulation counter(Machine machine, Instruction instruction) {
    CounterBranch.Kind kind = CounterBranch.kindOf(instruction.opcode());
    return new CounterBranch(machine, kind, instruction.addressWidth(), instruction.branchTarget());
  }

  private static int argumentBytes(Instruction instruction) {
    return instruction.immediateCount() == 0 ? 0 : (int) instruction.immediate(0).value() & 0xFFFF;
  }

  private static Optional<Operand> target(Instruction instruction) {
    return isOneByte(instruction) && instruction.opcode() == INDIRECT_OPERAND_OPCODE
        ? Operands.ofModrm(instruction)
        : Optional.empty();
  }

  private Optional<Emulation> straight(Machine machine, Instruction instruction) {
    if (!isOneByte(instruction)) {
      return Optional.empty();
    }
    int bytes = instruction.operandWidth() / Byte.SIZE;
    return switch (instruction.opcode()) {
      case 0x9C -> Optional.of(new PushFlags(machine, bytes));
      case 0x9D -> Optional.of(new PopFlags(machine, bytes, privilege));
      case 0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF ->
          StringInstructions.of(machine, instruction);
      case 0xFA -> interruptFlag(machine, false);
      case 0xFB -> interruptFlag(machine, true);
      default -> Optional.empty();
    };
  }

  private Optional<Emulation> interruptFlag(Machine machine, boolean enabled) {
    return privilege == Privilege.KERNEL
        ? Optional.of(new InterruptFlag(machine, enabled))
        : Optional.empty();
  }

  private static boolean isOneByte(Instruction instruction) {
    return instruction.opcodeMap() == OpcodeMap.ONE_BYTE;
  }
}
