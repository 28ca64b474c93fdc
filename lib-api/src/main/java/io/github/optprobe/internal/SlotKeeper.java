package io.github.optprobe.internal;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.SlotPool;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Owns the slots: nothing that a refused preparation took stays taken, and nothing is freed while a
 * CPU may be in it. Used under the registry's lock.
 */
final class SlotKeeper {
  /** Slots are first looked for at most this far away, in bytes. */
  private static final long CLOSE = 16 << 20;

  private static final System.Logger LOG = System.getLogger("io.github.optprobe");

  private final TextMemory text;
  private final SlotPool pool;
  private final CodeIndex index;
  private final BooleanSupplier hitInProgress;
  private final List<RelocatedCode> leaving = new ArrayList<>();

  /**
   * Creates a keeper.
   *
   * @param hitInProgress whether some CPU is in the middle of being sent somewhere by a hit
   */
  SlotKeeper(TextMemory text, CodeIndex index, BooleanSupplier hitInProgress) {
    this.text = text;
    this.pool = new SlotPool(text);
    this.index = index;
    this.hitInProgress = hitInProgress;
  }

  /**
   * Runs a preparation; if it throws, the slots that it took are free again.
   *
   * @param near the address that the slots should be close to, if they can
   * @param preparation gets an allocator that is valid during the call only
   */
  <T> T preparing(long near, Function<SlotAllocator, T> preparation) {
    List<Slot> taken = new ArrayList<>();
    AddressRange close = AddressRange.around(near, CLOSE, CLOSE);
    SlotAllocator recording = (bytes, within) -> take(bytes, within, close, taken);
    boolean done = false;
    try {
      T result = preparation.apply(recording);
      done = true;
      return result;
    } finally {
      if (!done) {
        taken.forEach(this::giveBack);
      }
    }
  }

  /** Close by if that can be had: it keeps code together, and pictures readable. */
  private Optional<Slot> take(
      int bytes, AddressRange within, AddressRange close, List<Slot> taken) {
    Optional<Slot> slot =
        within
            .intersect(close)
            .flatMap(both -> pool.allocate(bytes, both))
            .or(() -> pool.allocate(bytes, within));
    slot.ifPresent(taken::add);
    return slot;
  }

  /** Writes code into its slot, before anything can lead there. */
  void publish(RelocatedCode code) {
    text.write(code.slot().address(), code.bytes());
    text.synchronizeCpus();
    index.add(code);
  }

  /** Nothing has ever led there: frees it at once. */
  void discard(RelocatedCode code) {
    index.remove(code);
    giveBack(code.slot());
  }

  /** Nothing leads there any more: frees it now or, if a CPU may still be in it, later. */
  void retire(RelocatedCode code) {
    leaving.add(code);
  }

  /** Frees what was retired and is quiescent. */
  int collect() {
    int before = leaving.size();
    // Pages that could not be given back the last time.
    releaseEmptyPages();
    // A hit in progress may already have read where to go. Asked first: once it is over, the CPU's
    // program counter shows it, and the text knows that.
    if (!leaving.isEmpty() && !hitInProgress.getAsBoolean()) {
      leaving.removeIf(this::freed);
    }
    return before - leaving.size();
  }

  boolean hasLeaving() {
    return !leaving.isEmpty();
  }

  int liveSlots() {
    return pool.liveSlots();
  }

  boolean owns(long address) {
    return pool.contains(address);
  }

  private boolean freed(RelocatedCode code) {
    if (!text.isQuiescent(code.slot().range())) {
      return false;
    }
    discard(code);
    return true;
  }

  /**
   * Whether no CPU is in code that left, was made for an address in the range and may lead back.
   */
  boolean isQuiescentAround(AddressRange originals) {
    return leaving.stream()
        .filter(code -> mayStandFor(code, originals))
        .allMatch(code -> text.isQuiescent(code.slot().range()));
  }

  private static boolean mayStandFor(RelocatedCode code, AddressRange originals) {
    OptionalLong first = code.originalOf(code.entry());
    return first.isEmpty() || originals.contains(first.getAsLong());
  }

  /** What the user asked for is done by now; a page that stays allocated is no reason to fail. */
  private void giveBack(Slot slot) {
    try {
      pool.free(slot);
    } catch (TextException failure) {
      LOG.log(System.Logger.Level.WARNING, "a page of slots could not be given back", failure);
    }
  }

  private void releaseEmptyPages() {
    try {
      pool.releaseEmptyPages();
    } catch (TextException failure) {
      LOG.log(System.Logger.Level.WARNING, "a page of slots could not be given back", failure);
    }
  }
}
