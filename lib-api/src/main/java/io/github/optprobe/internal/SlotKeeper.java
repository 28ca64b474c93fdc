package io.github.optprobe.internal;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.SlotPool;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
  private final Islands islands;
  private final CodeIndex index;
  private final Supplier<BooleanSupplier> hitsInProgress;

  /** What was retired and is not freed yet, by the address of the instruction it was made for. */
  private final TreeMap<Long, List<RelocatedCode>> leaving = new TreeMap<>(Long::compareUnsigned);

  /** The same for code that was made for no instruction. */
  private final List<Slot> leavingSlots = new ArrayList<>();

  private int leavingCount;

  /** What of it had left when {@link #grace} began. */
  private Set<Object> waiting = Set.of();

  /** What of it no hit that is in progress can lead to any more. */
  private final Set<Object> due = identitySet();

  /** Says whether the hits that were in progress when it was made are over; null if none is on. */
  private @Nullable BooleanSupplier grace;

  /** Whether something was published since the CPUs were last synchronised for it. */
  private boolean synchronizationOwed;

  /**
   * Creates a keeper.
   *
   * @param islands the islands in use, which come and go as slots do
   * @param hitsInProgress gives something that says, at any later time, whether the hits are over
   *     that are sending some CPU somewhere now
   */
  SlotKeeper(
      TextMemory text, Islands islands, CodeIndex index, Supplier<BooleanSupplier> hitsInProgress) {
    this.text = text;
    this.islands = islands;
    this.pool = new SlotPool(text);
    this.index = index;
    this.hitsInProgress = hitsInProgress;
  }

  /**
   * Runs a preparation; if it throws, the slots that it took are free again.
   *
   * @param near the address that the slots should be close to, if they can
   * @param preparation gets an allocator that is valid during the call only
   */
  <T> T preparing(long near, Function<SlotAllocator, T> preparation) {
    return preparing(
        near, (bytes, within) -> Optional.empty(), (slots, none) -> preparation.apply(slots));
  }

  /**
   * The same for a preparation that may take islands too.
   *
   * @param padding finds places for islands
   * @param preparation gets an allocator of slots and one of islands
   */
  <T> T preparing(
      long near,
      BiFunction<Integer, AddressRange, Optional<AddressRange>> padding,
      BiFunction<SlotAllocator, SlotAllocator, T> preparation) {
    List<Slot> taken = new ArrayList<>();
    AddressRange close = AddressRange.around(near, CLOSE, CLOSE);
    SlotAllocator recording = (bytes, within) -> take(bytes, within, close, taken);
    SlotAllocator recordingIslands =
        (bytes, within) -> {
          Optional<Slot> island = padding.apply(bytes, within).map(islands::take);
          island.ifPresent(taken::add);
          return island;
        };
    boolean done = false;
    try {
      T result = preparation.apply(recording, recordingIslands);
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

  /**
   * Writes code into its slot. Nothing may lead there before {@link #synchronizePublished}: many
   * slots share one synchronisation.
   *
   * @throws TextException if the store fails
   */
  void publish(RelocatedCode code) {
    publish(code.slot(), code.bytes());
    index.add(code);
  }

  /** The same for code that stands for no original instruction. */
  void publish(Slot slot, byte[] bytes) {
    // First, because a failing store may have written a part.
    synchronizationOwed = true;
    islands.writing(slot);
    text.write(slot.address(), bytes);
  }

  /**
   * Makes every CPU see what was published. Does nothing if nothing was since the last time.
   *
   * @throws TextException if that cannot be had; it is still owed then
   */
  void synchronizePublished() {
    if (synchronizationOwed) {
      text.synchronizeCpus();
      synchronizationOwed = false;
    }
  }

  /**
   * Writes all that was made for a detour.
   *
   * @throws TextException if a store fails; nothing leads there, and it is not in the index
   */
  void publish(PreparedDetour detour) {
    publish(detour.buffer());
    try {
      detour.link().ifPresent(this::publish);
    } catch (TextException failure) {
      index.remove(detour.buffer());
      throw failure;
    }
  }

  /** Nothing has ever led there: frees all that was made for a detour at once. */
  void discard(PreparedDetour detour) {
    discard(detour.buffer());
    detour.link().ifPresent(this::discard);
  }

  /** Nothing has ever led there: frees it at once. */
  void discard(RelocatedCode code) {
    index.remove(code);
    giveBack(code.slot());
  }

  /** Nothing leads there any more: frees it now or, if a CPU may still be in it, later. */
  void retire(RelocatedCode code) {
    // A probe leaves its copy and its detour buffer behind.
    leaving.computeIfAbsent(code.firstOriginal(), unused -> new ArrayList<>(2)).add(code);
    leavingCount++;
  }

  /** The same for all that was made for a detour. */
  void retire(PreparedDetour detour) {
    retire(detour.buffer());
    detour.link().ifPresent(this::retire);
  }

  /** The same for code that stands for no original instruction. */
  void retire(Slot slot) {
    leavingSlots.add(slot);
    leavingCount++;
  }

  /**
   * Frees what was retired and is quiescent, at the price of one look at the CPUs. Takes time in
   * proportion to what was retired.
   *
   * @return how many were freed
   */
  int collect() {
    int before = leavingCount;
    // A hit in progress may already have read where to go. Asked first: once it is over, the CPU's
    // program counter shows it, and the text knows that.
    findDue();
    if (!due.isEmpty()) {
      Predicate<AddressRange> quiescent = text.quiescence();
      leaving.values().removeIf(codes -> freedAll(codes, quiescent));
      leavingSlots.removeIf(slot -> freed(slot, quiescent));
    }
    // Islands that could not be restored, and pages that could not be given back the last time.
    TextException unrestored = islands.restoreOwed();
    if (unrestored != null) {
      LOG.log(System.Logger.Level.DEBUG, "an island still can not be restored", unrestored);
    }
    releaseEmptyPages();
    return before - leavingCount;
  }

  /** There may never be a moment without any hit; but each of those in progress ends. */
  private void findDue() {
    while (beginGrace() && Objects.requireNonNull(grace).getAsBoolean()) {
      due.addAll(waiting);
      waiting = Set.of();
      grace = null;
    }
  }

  /** Whether there is a grace period to wait for, begun now or before. */
  private boolean beginGrace() {
    if (grace == null && leavingCount > due.size()) {
      waiting = identitySet();
      leaving.values().forEach(waiting::addAll);
      waiting.addAll(leavingSlots);
      waiting.removeAll(due);
      grace = hitsInProgress.get();
    }
    return grace != null;
  }

  private static Set<Object> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private boolean freedAll(List<RelocatedCode> codes, Predicate<AddressRange> quiescent) {
    codes.removeIf(code -> freed(code, quiescent));
    return codes.isEmpty();
  }

  private boolean freed(RelocatedCode code, Predicate<AddressRange> quiescent) {
    if (!due.contains(code) || !quiescent.test(code.slot().range())) {
      return false;
    }
    due.remove(code);
    discard(code);
    leavingCount--;
    return true;
  }

  private boolean freed(Slot slot, Predicate<AddressRange> quiescent) {
    if (!due.contains(slot) || !quiescent.test(slot.range())) {
      return false;
    }
    due.remove(slot);
    giveBack(slot);
    leavingCount--;
    return true;
  }

  /** Keeps no empty page from now on; those that are empty go back with {@link #collect}. */
  void close() {
    pool.keepNoSpares();
  }

  boolean hasLeaving() {
    return leavingCount > 0 || islands.hasOwed();
  }

  /**
   * Tries once more to restore the islands that nobody uses.
   *
   * @return the first failure, or null
   */
  @Nullable TextException restoreIslands() {
    return islands.restoreOwed();
  }

  int leavingCount() {
    return leavingCount;
  }

  int liveSlots() {
    return pool.liveSlots() + islands.count();
  }

  boolean owns(long address) {
    return pool.contains(address) || islands.overlaps(AddressRange.ofLength(address, 1));
  }

  /** Whether it lies in padding of the text, and not in memory of its own. */
  boolean isIsland(RelocatedCode code) {
    return islands.owns(code.slot());
  }

  /** Whether an island lies in the range, or reaches in. */
  boolean hasIslandIn(AddressRange range) {
    return islands.overlaps(range);
  }

  /** The text in the range is not there any more: no island is restored in it. */
  void forgetIslands(AddressRange range) {
    islands.forget(range);
  }

  /** Whether some of the range is memory that slots are cut from. */
  boolean overlaps(AddressRange range) {
    return pool.overlaps(range);
  }

  /**
   * Whether no CPU is in code that left, was made for an address in the range and may lead back.
   *
   * @param quiescent says of a range whether no CPU is there
   */
  boolean isQuiescentAround(AddressRange originals, Predicate<AddressRange> quiescent) {
    for (List<RelocatedCode> codes :
        leaving.subMap(originals.first(), true, originals.last(), true).values()) {
      for (RelocatedCode code : codes) {
        if (!quiescent.test(code.slot().range())) {
          return false;
        }
      }
    }
    return true;
  }

  /** What the user asked for is done by now; a page that stays allocated is no reason to fail. */
  private void giveBack(Slot slot) {
    if (islands.owns(slot)) {
      // Seen by every CPU before anything else may come to stand there.
      synchronizationOwed = true;
      islands.release(slot);
      return;
    }
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
