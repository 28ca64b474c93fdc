package io.github.optprobe.internal;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The islands in use: pieces of padding in the text that belong to detours for a while. Each
 * remembers its original bytes, shows them to who asks for the original text, and gets them back
 * when it is freed. Used under the registry's lock.
 */
final class Islands {
  private static final System.Logger LOG = System.getLogger("io.github.optprobe");

  private final TextMemory text;
  private final TreeMap<Long, Island> taken = new TreeMap<>(Long::compareUnsigned);
  private int owed;

  Islands(TextMemory text) {
    this.text = text;
  }

  /** Takes a range, in which nothing of the library's may stand. Writes nothing. */
  Slot take(AddressRange range) {
    if (overlaps(range)) {
      throw new IllegalArgumentException("an island already: " + range);
    }
    int bytes = (int) range.length();
    taken.put(range.first(), new Island(range, text.readFully(range.first(), bytes)));
    return new Slot(range.first(), bytes);
  }

  /** The island will be written, perhaps in part only: from now on it has to be restored. */
  void writing(Slot slot) {
    Island island = taken.get(slot.address());
    if (island != null) {
      island.written = true;
    }
  }

  boolean owns(Slot slot) {
    return taken.containsKey(slot.address());
  }

  /** How many are taken, or wait for their bytes. */
  int count() {
    return taken.size();
  }

  boolean isEmpty() {
    return taken.isEmpty();
  }

  boolean overlaps(AddressRange range) {
    // None overlaps another, so that the last to begin up to there is the one to ask.
    Map.Entry<Long, Island> last = taken.floorEntry(range.last());
    return last != null && last.getValue().range.overlaps(range);
  }

  /**
   * Restores the original bytes. If that fails, the island stays taken and is tried again by {@link
   * #restoreOwed}.
   */
  void release(Slot slot) {
    Island island = taken.get(slot.address());
    if (island == null || island.owed) {
      throw new IllegalArgumentException("not an island in use: " + slot);
    }
    TextException failure = restore(island);
    if (failure != null) {
      island.owed = true;
      owed++;
      LOG.log(System.Logger.Level.WARNING, "an island could not be restored yet", failure);
    }
  }

  private @Nullable TextException restore(Island island) {
    try {
      if (island.written) {
        text.write(island.range.first(), island.original);
      }
      taken.remove(island.range.first());
      return null;
    } catch (TextException failure) {
      return failure;
    }
  }

  boolean hasOwed() {
    return owed > 0;
  }

  /**
   * Tries again to restore what could not be restored.
   *
   * @return the first failure, or null
   */
  @Nullable TextException restoreOwed() {
    TextException first = null;
    if (owed > 0) {
      for (Island island : taken.values().toArray(Island[]::new)) {
        TextException failure = island.owed ? restore(island) : null;
        owed -= island.owed && failure == null ? 1 : 0;
        first = first == null ? failure : first;
      }
    }
    return first;
  }

  /** The text in the range is not there any more: nothing is restored in it. */
  void forget(AddressRange range) {
    for (Island island : taken.values()) {
      if (island.range.overlaps(range)) {
        island.written = false;
      }
    }
  }

  /** Puts the original bytes of what is written over what was read. */
  void recover(AddressRange wanted, byte[] into, int offset) {
    Map.Entry<Long, Island> each = taken.floorEntry(wanted.last());
    while (each != null && each.getValue().range.overlaps(wanted)) {
      Island island = each.getValue();
      if (island.written) {
        RecoveredText.overlay(island.range.first(), island.original, wanted, into, offset);
      }
      each = taken.lowerEntry(each.getKey());
    }
  }

  private static final class Island {
    private final AddressRange range;
    private final byte[] original;
    private boolean written;
    private boolean owed;

    Island(AddressRange range, byte[] original) {
      this.range = range;
      this.original = original;
    }
  }
}
