package io.github.optprobe.arm32.plan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.relocate.Call;
import io.github.optprobe.arm32.relocate.CompareJump;
import io.github.optprobe.arm32.relocate.Constant;
import io.github.optprobe.arm32.relocate.ConstantAddition;
import io.github.optprobe.arm32.relocate.Exchange;
import io.github.optprobe.arm32.relocate.Jump;
import io.github.optprobe.arm32.relocate.LiteralJump;
import io.github.optprobe.arm32.relocate.LiteralLoad;
import io.github.optprobe.arm32.relocate.Nothing;
import io.github.optprobe.arm32.relocate.PcStore;
import io.github.optprobe.arm32.relocate.RegisterCall;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.relocate.Substitution;
import io.github.optprobe.arm32.relocate.Verbatim;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Treatment;
import java.util.Optional;
import java.util.OptionalInt;

/** Chooses how an instruction is written elsewhere, or the rule by which it is not. */
final class Movability {
  private static final int SP = 13;
  private static final int PC = 15;
  private static final int PC_BIT = 1 << PC;
  private static final int WORD = Integer.BYTES;
  private static final int LITERAL_BYTES = 4;

  private final InstructionReader reader;
  private final boolean leavingBlocks;

  /**
   * Creates it.
   *
   * @param leavingBlocks whether what stands in an IT block is executed outside of it, as in a
   *     detour buffer; if not, the CPU brings the state of the block along
   */
  Movability(InstructionReader reader, boolean leavingBlocks) {
    this.reader = reader;
    this.leavingBlocks = leavingBlocks;
  }

  /**
   * The relocation of an instruction.
   *
   * @param condition under which its written form has to do anything
   * @return or the rule that forbids it
   */
  Choice of(Instruction instruction, Condition condition) {
    return switch (instruction.treatment()) {
      case COPY, STATUS_READ, STATUS_WRITE, LOAD_MULTIPLE_PC -> verbatim(instruction);
      case IF_THEN, PRELOAD_LITERAL -> Choice.of(new Nothing(instruction));
      case LOAD_LITERAL -> literalLoad(instruction, condition);
      case VLOAD_LITERAL -> saved(instruction, condition, instruction.alignedPc());
      case PC_BASED_ACCESS, DATA_READS_PC -> readsPc(instruction, condition);
      case ADR -> Choice.of(new Constant(instruction, condition, instruction.computedAddress()));
      case MOV_FROM_PC -> Choice.of(new Constant(instruction, condition, instruction.pc()));
      case STORE_PC -> storesPc(instruction, condition);
      case STORE_MULTIPLE_PC -> storesPcInList(instruction, condition);
      case BRANCH, BRANCH_CONDITIONAL -> Choice.of(new Jump(instruction, condition));
      case CALL, CALL_EXCHANGE -> Choice.of(new Call(instruction, condition));
      case CALL_REGISTER -> Choice.of(new RegisterCall(instruction, condition));
      case COMPARE_BRANCH -> Choice.of(new CompareJump(instruction));
      case BRANCH_REGISTER -> exchange(instruction, condition);
      case LOAD_PC -> loadsPc(instruction, condition);
      case DATA_WRITES_PC -> writesPc(instruction);
      case TABLE_BRANCH -> Choice.of(Rule.ARM_JUMP_TABLE);
      case REFUSE -> throw new IllegalStateException("refused when it was read: " + instruction);
    };
  }

  private Choice literalLoad(Instruction instruction, Condition condition) {
    long literal = instruction.literal();
    if (instruction.field('t') == SP) {
      return Choice.of(Rule.ARM_NO_FREE_REGISTER);
    }
    return reader.isReadable(literal, LITERAL_BYTES)
        ? Choice.of(new LiteralLoad(instruction, condition, literal))
        : Choice.of(Rule.ARM_LITERAL_UNREADABLE);
  }

  /** In place of PC, a register that is overwritten anyway, else one that is saved around. */
  private static Choice readsPc(Instruction instruction, Condition condition) {
    if (instruction.set() == ArmSet.T32) {
      boolean stack = instruction.field('d') == SP;
      return stack
          ? Choice.of(Rule.ARM_NO_FREE_REGISTER)
          : Choice.of(new ConstantAddition(instruction, condition, instruction.pc()));
    }
    // An access may fault, and then has to leave all registers as they were.
    OptionalInt overwritten =
        instruction.treatment() == Treatment.PC_BASED_ACCESS
            ? OptionalInt.empty()
            : FreeRegisters.overwritten(instruction);
    return overwritten.isPresent()
        ? Choice.of(
            new Substitution(
                instruction, condition, overwritten.getAsInt(), false, instruction.pc()))
        : saved(instruction, condition, instruction.pc());
  }

  private static Choice saved(Instruction instruction, Condition condition, long value) {
    OptionalInt unused = FreeRegisters.unused(instruction);
    return unused.isEmpty() || FreeRegisters.usesStack(instruction)
        ? Choice.of(Rule.ARM_NO_FREE_REGISTER)
        : Choice.of(new Substitution(instruction, condition, unused.getAsInt(), true, value));
  }

  private static Choice storesPc(Instruction instruction, Condition condition) {
    if (!FreeRegisters.usesStack(instruction)) {
      return saved(instruction, condition, instruction.pc());
    }
    boolean constant = isConstantOffset(instruction) && instruction.field('n') == SP;
    return constant
        ? again(instruction, condition, offsetOfStore(instruction))
        : Choice.of(Rule.ARM_NO_FREE_REGISTER);
  }

  private static boolean isConstantOffset(Instruction instruction) {
    return (instruction.encoding() >>> 25 & 1) == 0;
  }

  /** Where the word lies, from the base register as it is afterwards. */
  private static int offsetOfStore(Instruction instruction) {
    int number = instruction.field('i');
    int offset = instruction.field('U') == 1 ? number : -number;
    if (instruction.field('P') == 0) {
      return -offset;
    }
    return instruction.field('W') == 1 ? 0 : offset;
  }

  private static Choice storesPcInList(Instruction instruction, Condition condition) {
    int words = Integer.bitCount(instruction.field('l'));
    boolean up = instruction.field('U') == 1;
    boolean before = instruction.field('P') == 1;
    int last = up ? (words - 1) * WORD : -WORD;
    int ofPc = up == before ? last + WORD : last;
    int written = instruction.field('W') == 0 ? 0 : (up ? words : -words) * WORD;
    return again(instruction, condition, ofPc - written);
  }

  private static Choice again(Instruction instruction, Condition condition, int offset) {
    int base = instruction.field('n');
    OptionalInt free = FreeRegisters.unused(instruction);
    boolean reached = Math.abs(PcStore.moved(base, offset)) < 1 << 12;
    return free.isPresent() && reached
        ? Choice.of(new PcStore(instruction, condition, base, offset, free.getAsInt()))
        : Choice.of(Rule.ARM_NO_FREE_REGISTER);
  }

  private Choice exchange(Instruction instruction, Condition condition) {
    return instruction.field('m') == PC
        ? Choice.of(new Exchange(instruction, condition))
        : verbatim(instruction);
  }

  private Choice verbatim(Instruction instruction) {
    return Choice.of(new Verbatim(instruction, leavingBlocks && instruction.it().inBlock()));
  }

  private Choice loadsPc(Instruction instruction, Condition condition) {
    if (!instruction.verdict().readsPc()) {
      return verbatim(instruction);
    }
    boolean indexed = (instruction.verdict().registersRead() & ~PC_BIT) != 0;
    if (indexed) {
      return Choice.of(Rule.ARM_JUMP_TABLE);
    }
    long literal = instruction.literal();
    return reader.isReadable(literal, LITERAL_BYTES)
        ? Choice.of(new LiteralJump(instruction, condition, literal))
        : Choice.of(Rule.ARM_LITERAL_UNREADABLE);
  }

  private Choice writesPc(Instruction instruction) {
    return instruction.verdict().readsPc() ? Choice.of(Rule.ARM_JUMP_TABLE) : verbatim(instruction);
  }

  /** A relocation, or why there is none. */
  record Choice(Optional<Relocation> relocation, Optional<Rule> rule) {
    static Choice of(Relocation relocation) {
      return new Choice(Optional.of(relocation), Optional.empty());
    }

    static Choice of(Rule rule) {
      return new Choice(Optional.empty(), Optional.of(rule));
    }
  }
}
