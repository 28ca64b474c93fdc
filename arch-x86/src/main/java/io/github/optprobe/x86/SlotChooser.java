package io.github.optprobe.x86;

import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.relocate.Relocator;
import java.util.Optional;

/** Takes the slot for a plan: where everything is near if that can be had, else farther away. */
final class SlotChooser {
  private final X86Architecture architecture;
  private final MovePlan plan;
  private final Preparation preparation;

  SlotChooser(X86Architecture architecture, MovePlan plan, Preparation preparation) {
    this.architecture = architecture;
    this.plan = plan;
    this.preparation = preparation;
  }

  /**
   * Takes a slot for what is in front of the relocated instructions, these, and the jump back.
   *
   * @throws RefusedException if no memory is free
   */
  Slot nearElseFar(Relocator relocator, int headBytes) {
    return near(relocator, headBytes).orElseGet(() -> far(relocator, headBytes));
  }

  Optional<Slot> near(Relocator relocator, int headBytes) {
    int bytes = headBytes + relocator.length();
    return plan.reach().flatMap(reach -> preparation.slots().allocate(bytes, reach));
  }

  /**
   * Takes a slot from which not everything may be reached in near forms.
   *
   * @throws RefusedException if no memory is free
   */
  Slot far(Relocator relocator, int headBytes) {
    int bytes = headBytes + relocator.farLength();
    return preparation
        .slots()
        .allocate(bytes, plan.farReach())
        .orElseThrow(() -> noMemory(plan.farReach(), bytes));
  }

  RefusedException noMemory(AddressRange wanted, int bytes) {
    return architecture.noMemory(preparation, wanted, bytes);
  }
}
