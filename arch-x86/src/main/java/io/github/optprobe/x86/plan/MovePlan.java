package io.github.optprobe.x86.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.relocate.Relocation;
import java.util.List;
import java.util.Optional;

/**
 * Which instructions are copied, how, and where their slot may lie. Immutable.
 *
 * @param address of the first
 * @param relocations one per instruction, in order
 * @param reach where a slot reaches everything and is reached by everything; empty if there is no
 *     such place
 * @param farReach where a slot may lie if what it does not reach is written in far forms; all of
 *     {@code reach} lies in it
 * @param form of the jump over the window; for the copy of one instruction without meaning
 * @param unlessEntriesKnown why a jump may not stand here unless every entry is known
 */
public record MovePlan(
    CodeAddress address,
    List<Relocation> relocations,
    Optional<AddressRange> reach,
    AddressRange farReach,
    JumpForm form,
    Optional<Refusal> unlessEntriesKnown)
    implements WindowPlan {

  /** Creates a plan. */
  public MovePlan {
    relocations = List.copyOf(relocations);
  }

  /** The same plan, with a refusal for the registry to apply unless every entry is known. */
  MovePlan unlessEntriesKnown(Optional<Refusal> refusal) {
    return refusal.isEmpty()
        ? this
        : new MovePlan(address, relocations, reach, farReach, form, refusal);
  }

  @Override
  public AddressRange window() {
    Instruction last = relocations.get(relocations.size() - 1).original();
    return new AddressRange(address.value(), last.address() + last.length() - 1);
  }

  @Override
  public int instructions() {
    return relocations.size();
  }

  /** Whether {@code target} lies in the window, but at the start of none of its instructions. */
  boolean splitsInstruction(long target) {
    return window().contains(target)
        && relocations.stream().noneMatch(each -> each.original().address() == target);
  }
}
