package io.github.optprobe.arm32.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.text.AddressRange;
import java.util.List;
import java.util.Optional;

/**
 * Which instructions a jump overwrites, and how they are written elsewhere. Immutable.
 *
 * @param address of the first
 * @param relocations one per instruction, in order
 * @param form of the jump
 * @param unlessEntriesKnown why a jump may not stand here unless every entry is known
 */
public record MovePlan(
    CodeAddress address,
    List<Relocation> relocations,
    JumpForm form,
    Optional<Refusal> unlessEntriesKnown)
    implements WindowPlan {

  /** Creates a plan. */
  public MovePlan {
    relocations = List.copyOf(relocations);
  }

  /** The instruction that is probed. */
  public Instruction first() {
    return relocations.get(0).original();
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

  /** How far below the stack pointer the instructions load, in bytes, as far as that is known. */
  public int loadedBelowStack() {
    return relocations.stream()
        .mapToInt(each -> each.original().verdict().loadedBelowSp())
        .max()
        .orElse(0);
  }

  /** Whether {@code target} lies in the window, but at the start of none of its instructions. */
  boolean splitsInstruction(long target) {
    return window().contains(target)
        && relocations.stream().noneMatch(each -> each.original().address() == target);
  }
}
