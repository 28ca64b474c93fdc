package io.github.optprobe.arm32.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses the relocation of each instruction, or refuses. Thread-safe. */
public final class Planner {
  private static final int PC = 15;

  /** The longest one: two words. */
  private static final int LITERAL_BYTES = 8;

  private final InstructionReader reader;
  private final Movability inSlots;
  private final Movability inWindows;
  private final boolean returnsIntoBuffers;

  /**
   * Creates a planner.
   *
   * @param reader reads instructions
   * @param returnsIntoBuffers whether calls may return into the detour buffer
   */
  public Planner(InstructionReader reader, boolean returnsIntoBuffers) {
    this.reader = reader;
    this.inSlots = new Movability(reader, false);
    this.inWindows = new Movability(reader, true);
    this.returnsIntoBuffers = returnsIntoBuffers;
  }

  /**
   * Reads an instruction that may be probed, whether it can be moved or not.
   *
   * @throws RefusedException if there is none, or its breakpoint can not be written in one store
   */
  public Instruction instructionAt(CodeAddress address, ItPosition it) {
    Instruction instruction = reader.read(address, it.state());
    if (!Breakpoints.isWithinOneStore(instruction, it)) {
      throw refused(Rule.ARM_STRADDLES_STORES, instruction);
    }
    return instruction;
  }

  /**
   * How an instruction is written into an insn slot, to where the CPU comes by a trap: it knows its
   * IT block then.
   *
   * @return empty if it can be emulated only
   */
  public Optional<Relocation> inSlot(Instruction instruction) {
    if (instruction.treatment() == Treatment.IF_THEN) {
      // Its block stays in the text, and the branch back can not bring the state along.
      return Optional.empty();
    }
    // Of what the table leaves to be copied, or has no emulation, the trap has seen the condition.
    Condition condition =
        isSeenByTrap(instruction.treatment()) ? Condition.AL : instruction.condition();
    return inSlots.of(instruction, condition).relocation();
  }

  private static boolean isSeenByTrap(Treatment treatment) {
    return switch (treatment) {
      case COPY, STATUS_READ, STATUS_WRITE, VLOAD_LITERAL, PC_BASED_ACCESS -> true;
      default -> false;
    };
  }

  /** The refusal of an instruction that can be neither written elsewhere nor emulated. */
  public RefusedException unmovable(Instruction instruction) {
    Rule rule = inSlots.of(instruction, Condition.AL).rule().orElseThrow();
    return refused(rule, instruction);
  }

  /** The refusal of an instruction whose place in an IT block has to be known, and is not. */
  public RefusedException unknownItBlock(Instruction instruction) {
    return refused(Rule.ARM_IT_BLOCK_UNKNOWN, instruction);
  }

  /**
   * Plans the copy of as many whole instructions as a jump overwrites, and of the rest of their IT
   * block.
   *
   * @param it the place of the first one
   * @throws RefusedException if one of them can not be moved
   */
  public MovePlan planWindow(CodeAddress address, ItPosition it, JumpForm wanted) {
    JumpForm form = JumpForms.at(address.value(), wanted);
    List<Relocation> relocations = new ArrayList<>();
    List<Instruction> instructions = new ArrayList<>();
    Optional<Refusal> behindTransfer = Optional.empty();
    CodeAddress next = address;
    ItState state = it.state();
    while (next.value() - address.value() < form.bytes() || state.inBlock()) {
      Instruction instruction = reader.read(next, state);
      if (instructions.isEmpty()) {
        checkItBlock(instruction, it, form);
      }
      if (behindTransfer.isEmpty() && isBehindTransfer(instructions, instruction)) {
        behindTransfer = Optional.of(refusal(Rule.ARM_BEHIND_TRANSFER, instruction));
      }
      relocations.add(relocation(instruction));
      instructions.add(instruction);
      state = instruction.nextIt();
      next = behind(next, instruction.length());
    }
    instructions.forEach(each -> checkReturn(each, address, form));
    MovePlan plan = new MovePlan(address, relocations, form, behindTransfer);
    instructions.forEach(each -> checkTarget(plan, each));
    instructions.forEach(each -> checkLiteral(plan, each));
    return plan;
  }

  /**
   * Checks that a jump overwrites no constants: they stand behind jumps, returns, and calls that
   * never return, and are loaded from elsewhere in the function.
   *
   * @param function the scan of the function that the plan is in
   * @throws RefusedException if what the plan takes for an instruction is none that the scan found
   */
  public void checkIsCode(MovePlan plan, CodeScan function) {
    plan.relocations().stream()
        .map(Relocation::original)
        .skip(1)
        .filter(each -> !function.isBoundary(each.address()))
        .findFirst()
        .ifPresent(
            each -> {
              throw refused(Rule.ARM_BEHIND_TRANSFER, each);
            });
  }

  /** A jump in an IT block is executed only if the condition of its place holds. */
  private void checkItBlock(Instruction instruction, ItPosition it, JumpForm form) {
    if (!it.known()) {
      throw refused(Rule.ARM_IT_BLOCK_UNKNOWN, instruction);
    }
    if (!it.state().inBlock()) {
      return;
    }
    boolean replacesIt = form.bytes() == instruction.length() && it.state().isLast();
    if (!replacesIt) {
      throw refused(Rule.ARM_SPLITS_IT_BLOCK, instruction);
    }
    if (!Breakpoints.isWithinOneStore(instruction, it)) {
      throw refused(Rule.ARM_STRADDLES_STORES, instruction);
    }
  }

  private Relocation relocation(Instruction instruction) {
    Movability.Choice choice = inWindows.of(instruction, instruction.condition());
    return choice.relocation().orElseThrow(() -> refused(choice.rule().orElseThrow(), instruction));
  }

  /** Behind what never goes on, nothing is reached but by branches. */
  private static boolean isBehindTransfer(List<Instruction> before, Instruction instruction) {
    if (before.isEmpty() || goesOn(before.get(before.size() - 1))) {
      return false;
    }
    return before.stream()
        .noneMatch(each -> each.hasBranchTarget() && each.branchTarget() == instruction.address());
  }

  private static boolean goesOn(Instruction instruction) {
    boolean branches = (instruction.verdict().registersWritten() >> PC & 1) != 0;
    return !branches || instruction.condition() != Condition.AL || isCallOrCompare(instruction);
  }

  private static boolean isCallOrCompare(Instruction instruction) {
    return isCall(instruction) || instruction.treatment() == Treatment.COMPARE_BRANCH;
  }

  private static boolean isCall(Instruction instruction) {
    return switch (instruction.treatment()) {
      case CALL, CALL_EXCHANGE, CALL_REGISTER -> true;
      default -> false;
    };
  }

  private void checkReturn(Instruction instruction, CodeAddress window, JumpForm form) {
    boolean returns =
        isCall(instruction) && instruction.nextAddress() - window.value() < form.bytes();
    if (returns && !returnsIntoBuffers) {
      throw refused(Rule.ARM_RETURN_INTO_WINDOW, instruction);
    }
  }

  private void checkTarget(MovePlan plan, Instruction instruction) {
    boolean leaves = instruction.treatment() == Treatment.CALL_EXCHANGE;
    if (!leaves
        && instruction.hasBranchTarget()
        && plan.splitsInstruction(instruction.branchTarget())) {
      throw refused(Rule.ARM_BRANCH_INTO_INSTRUCTION, instruction);
    }
  }

  private void checkLiteral(MovePlan plan, Instruction instruction) {
    AddressRange overwritten = AddressRange.ofLength(plan.address().value(), plan.form().bytes());
    if (instruction.hasLiteral()
        && AddressRange.ofLength(instruction.literal(), LITERAL_BYTES).overlaps(overwritten)) {
      throw refused(Rule.ARM_READS_WINDOW, instruction);
    }
  }

  /** Where the next instruction of a window starts: never at the other end of the addresses. */
  private static CodeAddress behind(CodeAddress address, int length) {
    if (!address.instructionSet().canAddress(address.value() + length)) {
      CodeAddress wrapped = new CodeAddress(0, address.instructionSet());
      Culprit culprit = Culprit.of(wrapped, new byte[0], "(behind the last address)");
      throw new RefusedException(new Refusal.Unmapped(culprit));
    }
    return address.plus(length);
  }

  private RefusedException refused(Rule rule, Instruction instruction) {
    return new RefusedException(refusal(rule, instruction));
  }

  private Refusal refusal(Rule rule, Instruction instruction) {
    return rule.refusal(reader.culprit(instruction));
  }
}
