package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emulate.Emulation;
import io.github.optprobe.arm32.plan.Breakpoints;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A prepared plain probe. */
final class ArmProbe implements PreparedProbe {
  private final Instruction instruction;
  private final ItPosition it;
  private final RelocatedCode copy;
  private final boolean verbatim;
  private final Set<Tier> tiers;
  private final @Nullable Emulation emulation;

  /**
   * Creates one.
   *
   * @param it its place in an IT block, as far as that is known
   * @param verbatim whether the copy is the instruction as it is
   */
  ArmProbe(
      Instruction instruction,
      ItPosition it,
      RelocatedCode copy,
      boolean verbatim,
      Set<Tier> tiers,
      Optional<Emulation> emulation) {
    this.instruction = instruction;
    this.it = it;
    this.copy = copy;
    this.verbatim = verbatim;
    this.tiers = tiers;
    this.emulation = emulation.orElse(null);
  }

  @Override
  public CodeAddress address() {
    return new CodeAddress(instruction.address(), instruction.set().instructionSet());
  }

  @Override
  public byte[] original() {
    return instruction.bytes();
  }

  @Override
  public byte[] breakpoint() {
    return Breakpoints.over(instruction, it);
  }

  @Override
  public RelocatedCode copy() {
    return copy;
  }

  @Override
  public Set<Tier> tiers() {
    return tiers;
  }

  /** Passes the instruction if its condition fails: that of its IT block if it is in one. */
  boolean passes(Registers registers) {
    if (ConditionCheck.holds(instruction, registers)) {
      return false;
    }
    ConditionCheck.pass(instruction, registers);
    return true;
  }

  /** A copy that is not the instruction itself would use up more of an IT block than that. */
  void enterCopy(Registers registers) {
    if (instruction.set() == ArmSet.T32 && !verbatim) {
      ProgramStatus.setItState(registers, ItState.OUTSIDE);
    }
    registers.setProgramCounter(copy.entry());
  }

  /** Whether the copy is through; the CPU is then behind the instruction. */
  boolean leaveCopy(Registers registers) {
    if (registers.programCounter() != copy.end()) {
      return false;
    }
    if (instruction.set() == ArmSet.T32 && !verbatim) {
      ProgramStatus.setItState(registers, it.state().advanced());
    }
    registers.setProgramCounter(instruction.nextAddress());
    return true;
  }

  void emulate(Registers registers, DataMemory memory) {
    if (emulation == null) {
      throw new IllegalStateException(instruction + " is not emulated");
    }
    emulation.run(registers, memory);
  }
}
