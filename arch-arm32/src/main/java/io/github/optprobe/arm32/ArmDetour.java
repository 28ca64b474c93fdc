package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.patch.Patched;
import io.github.optprobe.arm32.plan.Breakpoints;
import io.github.optprobe.arm32.plan.MovePlan;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A prepared detour: a window, its buffer, and the jump that leads there. */
final class ArmDetour implements Patched {
  private final Instruction first;
  private final AddressRange window;
  private final DetourJump jump;
  private final RelocatedCode buffer;
  // Asked for on every reading of recovered text near the window, so made once.
  private final byte[] replaced;

  ArmDetour(MovePlan plan, DetourJump jump, RelocatedCode buffer) {
    this.first = plan.first();
    this.window = plan.window();
    this.jump = jump;
    this.buffer = buffer;
    this.replaced = Arrays.copyOf(originalOf(plan), jump.form().bytes());
  }

  private static byte[] originalOf(MovePlan plan) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Relocation relocation : plan.relocations()) {
      all.writeBytes(relocation.original().bytes());
    }
    return all.toByteArray();
  }

  @Override
  public CodeAddress address() {
    return new CodeAddress(first.address(), first.set().instructionSet());
  }

  @Override
  public AddressRange window() {
    return window;
  }

  /** Made when it is asked for, which is when it is written. */
  @Override
  public byte[] jump() {
    return jump.bytes(buffer.start());
  }

  @Override
  public JumpForm form() {
    return jump.form();
  }

  @Override
  public byte[] replaced() {
    return replaced.clone();
  }

  @Override
  public byte[] breakpoint() {
    return Breakpoints.over(first, new ItPosition(true, first.it()));
  }

  @Override
  public boolean inItBlock() {
    return first.it().inBlock();
  }

  @Override
  public RelocatedCode buffer() {
    return buffer;
  }

  /** As the jump would: not at all if its condition fails, and out of its IT block. */
  void enter(Registers registers) {
    if (jump.isConditional() && !ConditionCheck.holds(first, registers)) {
      ConditionCheck.pass(first, registers);
      return;
    }
    if (first.set() == ArmSet.T32) {
      ProgramStatus.setItState(registers, ItState.OUTSIDE);
    }
    registers.setProgramCounter(buffer.start());
  }
}
