package io.github.optprobe.x86;

import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.plan.JumpForms;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.relocate.Reach;
import io.github.optprobe.x86.relocate.Relocator;
import java.util.Optional;

/** Makes the detour buffer of a plan, and what the form of its jump needs besides. */
final class DetourMaker {
  private final X86Architecture architecture;
  private final MovePlan plan;
  private final Preparation preparation;
  private final SlotChooser slots;
  private final Relocator relocator;

  DetourMaker(X86Architecture architecture, MovePlan plan, Preparation preparation) {
    this.architecture = architecture;
    this.plan = plan;
    this.preparation = preparation;
    this.slots = new SlotChooser(architecture, plan, preparation);
    this.relocator = new Relocator(plan.relocations());
  }

  /**
   * Makes the detour.
   *
   * @throws RefusedException if no memory is free for it
   */
  X86Detour make(Gate gate) {
    Slot slot = slots.nearElseFar(relocator, architecture.detourHeadBytes(gate));
    long probed = plan.address().value();
    RelocatedCode buffer =
        relocator.relocate(slot, out -> architecture.emitDetourHead(out, probed, gate));
    return new X86Detour(plan, buffer, link(buffer));
  }

  private Optional<RelocatedCode> link(RelocatedCode buffer) {
    JumpForm form = plan.form();
    if (form.equals(JumpForms.ISLAND)) {
      return Optional.of(island(buffer));
    }
    return form.equals(JumpForms.SLOT) ? Optional.of(addressSlot(buffer)) : Optional.empty();
  }

  private RelocatedCode island(RelocatedCode buffer) {
    boolean near = isNear(buffer);
    int bytes = near ? Branches.JMP_BYTES : Branches.FAR_JMP_BYTES;
    long behind = plan.address().value() + plan.form().bytes();
    AddressRange within = AddressRange.around(behind, -Byte.MIN_VALUE, Byte.MAX_VALUE + bytes - 1);
    Slot island =
        preparation
            .islands()
            .allocate(bytes, within)
            .orElseThrow(() -> slots.noMemory(within, bytes));
    CodeBuffer out = new CodeBuffer(island.address(), addressBits());
    if (near) {
      Branches.jmp(out, buffer.start());
    } else {
      Branches.farJmp(out, buffer.start());
    }
    return RelocatedCode.leadingOn(island, out.toBytes(), plan.address().value());
  }

  private boolean isNear(RelocatedCode buffer) {
    return addressBits() == Integer.SIZE
        || Reach.of(plan.address().value()).contains(buffer.slot().range());
  }

  private int addressBits() {
    return architecture.instructionSet().addressBits();
  }

  /** From slots that are near if there are any left, else from padding. */
  private RelocatedCode addressSlot(RelocatedCode buffer) {
    AddressRange within = Reach.of(plan.address().value());
    Slot slot =
        preparation
            .slots()
            .allocate(Long.BYTES, within)
            .or(() -> preparation.islands().allocate(Long.BYTES, within))
            .orElseThrow(() -> slots.noMemory(within, Long.BYTES));
    byte[] address = new CodeBuffer(slot.address()).int64(buffer.start()).toBytes();
    return RelocatedCode.leadingOn(slot, address, plan.address().value());
  }
}
