package io.github.optprobe.x86.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.relocate.CallIntoBuffer;
import io.github.optprobe.x86.relocate.ConditionalJump;
import io.github.optprobe.x86.relocate.CounterBranch;
import io.github.optprobe.x86.relocate.IndirectCall;
import io.github.optprobe.x86.relocate.IndirectCall32;
import io.github.optprobe.x86.relocate.IpRelativeOperand;
import io.github.optprobe.x86.relocate.Reach;
import io.github.optprobe.x86.relocate.RelativeCall;
import io.github.optprobe.x86.relocate.RelativeJump;
import io.github.optprobe.x86.relocate.Relocation;
import io.github.optprobe.x86.relocate.Verbatim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the relocation of each instruction, or refuses. Thread-safe.
 *
 * <p>A return and an indirect jump mean the same everywhere. Relative branches are rewritten. The
 * default is refusal.
 */
public final class Planner {
  private final InstructionReader reader;
  private final boolean returnsIntoBuffers;

  /**
   * Creates a planner.
   *
   * @param reader reads instructions
   * @param returnsIntoBuffers whether calls may return into the detour buffer
   */
  public Planner(InstructionReader reader, boolean returnsIntoBuffers) {
    this.reader = reader;
    this.returnsIntoBuffers = returnsIntoBuffers;
  }

  /**
   * Plans the copy of an instruction that {@link #instructionAt} has read at an address.
   *
   * @throws RefusedException if it can not be moved
   */
  public MovePlan planOne(Instruction instruction, CodeAddress address) {
    // A trap leads to the copy, from anywhere.
    return finish(address, List.of(relocation(instruction, address)), JumpForms.ABSOLUTE);
  }

  /**
   * Reads an instruction that may be probed, whether it can be moved or not.
   *
   * @throws RefusedException if there is none, or it belongs to a hypervisor's emulate prefix
   */
  public Instruction instructionAt(CodeAddress address) {
    Instruction instruction = reader.read(address);
    if (reader.touchesEmulatePrefix(address)) {
      throw refused(Rule.X86_EMULATE_PREFIX, address);
    }
    return instruction;
  }

  /**
   * Plans the copy of as many whole instructions as a jump overwrites.
   *
   * @throws RefusedException if one of them can not be moved
   */
  public MovePlan planWindow(CodeAddress address, JumpForm form) {
    int bytes = form.bytes();
    List<Relocation> relocations = new ArrayList<>();
    Reachability reachability = new Reachability();
    Optional<Refusal> behindTransfer = Optional.empty();
    CodeAddress next = address;
    while (true) {
      Relocation relocation = inWindow(relocationAt(next), address, bytes);
      Instruction instruction = relocation.original();
      boolean admitted = reachability.admits(instruction);
      if (!admitted && behindTransfer.isEmpty()) {
        behindTransfer = Optional.of(Rule.X86_BEHIND_TRANSFER.refusal(reader.culprit(next)));
      }
      relocations.add(relocation);
      if (next.value() + instruction.length() - address.value() >= bytes) {
        return finish(address, relocations, form).unlessEntriesKnown(behindTransfer);
      }
      next = behind(next, instruction.length());
    }
  }

  /** The relocation of an instruction that is overwritten together with others. */
  private Relocation inWindow(Relocation relocation, CodeAddress window, int bytes) {
    Instruction instruction = relocation.original();
    CodeAddress address = new CodeAddress(instruction.address(), window.instructionSet());
    if (!address.equals(window) && EntryBytes.isLandingMark(instruction)) {
      throw refused(Rule.X86_LANDING_MARK, address);
    }
    if (!returnsInto(instruction, window, bytes)) {
      return relocation;
    }
    if (!mayReturnIntoBuffer(instruction)) {
      throw refused(Rule.X86_RETURN_INTO_WINDOW, address);
    }
    return intoBuffer(instruction);
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

  /** Whether it is a call that returns into bytes that the jump overwrites. */
  private static boolean returnsInto(Instruction instruction, CodeAddress window, int bytes) {
    boolean call =
        instruction.flow() == Flow.CALL_INDIRECT || instruction.flow() == Flow.CALL_RELATIVE;
    return call && instruction.nextAddress() - window.value() < bytes;
  }

  /** A call of the next instruction asks where it stands, and must not be answered otherwise. */
  private boolean mayReturnIntoBuffer(Instruction call) {
    boolean asksWhere = call.relativeBranch() && call.branchTarget() == call.nextAddress();
    return returnsIntoBuffers && !asksWhere;
  }

  private static Relocation intoBuffer(Instruction call) {
    return call.flow() == Flow.CALL_RELATIVE ? new CallIntoBuffer(call) : operandOrVerbatim(call);
  }

  private Relocation relocationAt(CodeAddress address) {
    return relocation(instructionAt(address), address);
  }

  private Relocation relocation(Instruction instruction, CodeAddress address) {
    boolean branch = instruction.relativeBranch() || instruction.flow() == Flow.CALL_INDIRECT;
    boolean truncated = branch && instruction.hasOperandSizePrefix();
    if (truncated) {
      throw refused(Rule.X86_BRANCH_OPERAND_SIZE, address);
    }
    return switch (instruction.flow()) {
      case NEXT -> straight(instruction, address);
      case JUMP_INDIRECT, RETURN -> operandOrVerbatim(instruction);
      case JUMP_RELATIVE -> new RelativeJump(instruction);
      case COND_RELATIVE -> new ConditionalJump(instruction);
      case CALL_RELATIVE -> new RelativeCall(instruction);
      case CALL_INDIRECT -> indirectCall(instruction);
      case LOOP_RELATIVE -> new CounterBranch(instruction);
      case FAR -> throw refused(Rule.X86_FAR_TRANSFER, address);
      case INTERRUPT -> throw interrupt(instruction, address);
      case XBEGIN -> throw refused(Rule.X86_TRANSACTION, address);
      case TRAP -> throw refused(Rule.X86_TRAPS, address);
      case UNKNOWN -> throw refused(Rule.X86_NOT_KNOWN_MOVABLE, address);
    };
  }

  private Relocation straight(Instruction instruction, CodeAddress address) {
    Optional<Rule> objection = MovableTable.objection(instruction);
    if (objection.isPresent()) {
      throw refused(objection.get(), address);
    }
    return operandOrVerbatim(instruction);
  }

  private static Relocation indirectCall(Instruction instruction) {
    return instruction.mode() == MachineMode.BITS_32
        ? new IndirectCall32(instruction)
        : new IndirectCall(instruction);
  }

  private static Relocation operandOrVerbatim(Instruction instruction) {
    return instruction.ripRelative()
        ? new IpRelativeOperand(instruction)
        : new Verbatim(instruction);
  }

  private RefusedException interrupt(Instruction instruction, CodeAddress address) {
    return instruction.mnemonic().equals("int3")
        ? new RefusedException(new Refusal.ForeignBreakpoint(reader.culprit(address)))
        : refused(Rule.X86_INTERRUPT, address);
  }

  private MovePlan finish(CodeAddress address, List<Relocation> relocations, JumpForm form) {
    MovePlan plan =
        new MovePlan(
            address,
            relocations,
            reach(address, relocations),
            farReach(address, relocations, form),
            form,
            Optional.empty());
    relocations.forEach(relocation -> checkTarget(plan, relocation));
    return plan;
  }

  /** Every target has to be reached, and the slot has to be reached from the text and back. */
  private static Optional<AddressRange> reach(CodeAddress address, List<Relocation> relocations) {
    if (reachesAll(address)) {
      return Optional.of(address.instructionSet().addresses());
    }
    Optional<AddressRange> common = Optional.of(Reach.of(address.value()));
    for (Relocation relocation : relocations) {
      AddressRange own = relocation.reach().orElse(AddressRange.ALL);
      common = common.flatMap(own::intersect);
    }
    return common;
  }

  /** In 32-bit mode displacements wrap, so that each address reaches every other. */
  private static boolean reachesAll(CodeAddress address) {
    return address.instructionSet().addressBits() == Integer.SIZE;
  }

  /** The same, but for what has a far form, as nothing has in 32-bit mode. */
  private AddressRange farReach(CodeAddress address, List<Relocation> relocations, JumpForm form) {
    if (reachesAll(address)) {
      return address.instructionSet().addresses();
    }
    boolean near = JumpForms.isNear(form);
    AddressRange common = near ? Reach.of(address.value()) : Reach.farFrom(address.value());
    for (Relocation relocation : relocations) {
      Optional<AddressRange> own = relocation.reach();
      if (own.isPresent() && relocation.far().isEmpty()) {
        Instruction instruction = relocation.original();
        AddressRange narrowed = common;
        common = narrowed.intersect(own.get()).orElseThrow(() -> outOfReach(address, instruction));
      }
    }
    return common;
  }

  private RefusedException outOfReach(CodeAddress probed, Instruction instruction) {
    CodeAddress where = new CodeAddress(instruction.address(), probed.instructionSet());
    long target =
        instruction.ripRelative() ? instruction.ripRelativeTarget() : instruction.branchTarget();
    return new RefusedException(new Refusal.OutOfReach(reader.culprit(where), target));
  }

  private void checkTarget(MovePlan plan, Relocation relocation) {
    Instruction instruction = relocation.original();
    if (instruction.relativeBranch() && plan.splitsInstruction(instruction.branchTarget())) {
      CodeAddress where = new CodeAddress(instruction.address(), plan.address().instructionSet());
      throw refused(Rule.X86_BRANCH_INTO_INSTRUCTION, where);
    }
  }

  private RefusedException refused(Rule rule, CodeAddress address) {
    Culprit culprit = reader.culprit(address);
    return new RefusedException(rule.refusal(culprit));
  }
}
