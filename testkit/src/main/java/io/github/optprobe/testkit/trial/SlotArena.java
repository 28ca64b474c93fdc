package io.github.optprobe.testkit.trial;

import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import java.util.Optional;

/** Memory for slots at one distance from the subject, all of it free for each subject. */
final class SlotArena implements SlotAllocator {
  private static final int BYTES = 0x4000;
  private static final int ALIGNMENT = 16;
  private static final int MOST_OFFSET = 256;

  private final Distance distance;
  private final AddressRange range;
  private long next;

  SlotArena(Executor executor, Distance distance) {
    this.distance = distance;
    range = AddressRange.ofLength(Playground.SUBJECT + distance.offset(), BYTES);
    executor.map(range, Protection.READ_EXECUTE);
    free();
  }

  boolean holds(long address) {
    return range.contains(address);
  }

  Distance distance() {
    return distance;
  }

  /** Everything is free again. */
  void free() {
    free(0);
  }

  /**
   * Everything is free again.
   *
   * @param seed where the first slot lies: the low bits of addresses matter to some relocations,
   *     and with the same code a slot is to lie where it lay
   */
  void free(int seed) {
    next = range.first() + (long) (seed & (MOST_OFFSET - 1)) * ALIGNMENT;
  }

  @Override
  public Optional<Slot> allocate(int bytes, AddressRange within) {
    AddressRange slot = AddressRange.ofLength(next, bytes);
    if (!within.contains(slot) || !range.contains(slot)) {
      return Optional.empty();
    }
    next += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return Optional.of(new Slot(slot.first(), bytes));
  }
}
