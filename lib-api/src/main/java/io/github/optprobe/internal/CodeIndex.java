package io.github.optprobe.internal;

import io.github.optprobe.arch.RelocatedCode;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All relocated code that is in use, by address. Reading takes no lock, because faults and stack
 * walks ask it from any thread; writing is done by one thread at a time, under the registry's lock.
 *
 * <p>Kept by blocks of the address space, each an array ordered by address that is replaced and
 * never changed. A slot that crosses blocks is in each of them, so that a look-up needs only one.
 */
final class CodeIndex {
  /** Blocks of 4 KiB: few enough slots that copying them is cheap, enough to share a map entry. */
  private static final int BLOCK_SHIFT = 12;

  private static final RelocatedCode[] NONE = {};

  private final ConcurrentMap<Long, RelocatedCode[]> blocks = new ConcurrentHashMap<>();

  void add(RelocatedCode code) {
    long last = lastBlock(code);
    for (long block = firstBlock(code); block <= last; block++) {
      blocks.put(block, with(blocks.getOrDefault(block, NONE), code));
    }
  }

  /** Does nothing if it is not there. */
  void remove(RelocatedCode code) {
    long last = lastBlock(code);
    for (long block = firstBlock(code); block <= last; block++) {
      RelocatedCode[] there = blocks.get(block);
      if (there != null) {
        replace(block, without(there, code));
      }
    }
  }

  private void replace(long block, RelocatedCode[] now) {
    if (now.length == 0) {
      blocks.remove(block);
    } else {
      blocks.put(block, now);
    }
  }

  Optional<RelocatedCode> at(long address) {
    RelocatedCode code = find(address);
    return Optional.ofNullable(code);
  }

  OptionalLong originalOf(long address) {
    RelocatedCode code = find(address);
    return code == null ? OptionalLong.empty() : code.originalOf(address);
  }

  OptionalLong instructionAt(long address) {
    RelocatedCode code = find(address);
    return code != null && code.startsInstruction(address)
        ? code.originalOf(address)
        : OptionalLong.empty();
  }

  private @Nullable RelocatedCode find(long address) {
    RelocatedCode[] block = blocks.get(address >>> BLOCK_SHIFT);
    int index = block == null ? -1 : floor(block, address);
    if (block == null || index < 0) {
      return null;
    }
    RelocatedCode code = block[index];
    return code.slot().range().contains(address) ? code : null;
  }

  /** Not negative, so that blocks can be compared as they are. */
  private static long firstBlock(RelocatedCode code) {
    return code.slot().address() >>> BLOCK_SHIFT;
  }

  private static long lastBlock(RelocatedCode code) {
    return code.slot().range().last() >>> BLOCK_SHIFT;
  }

  private static RelocatedCode[] with(RelocatedCode[] block, RelocatedCode code) {
    int below = floor(block, start(code));
    boolean known = below >= 0 && start(block[below]) == start(code);
    int at = known ? below : below + 1;
    int behind = known ? at + 1 : at;
    RelocatedCode[] grown = new RelocatedCode[block.length + 1 - (behind - at)];
    System.arraycopy(block, 0, grown, 0, at);
    grown[at] = code;
    System.arraycopy(block, behind, grown, at + 1, block.length - behind);
    return grown;
  }

  private static RelocatedCode[] without(RelocatedCode[] block, RelocatedCode code) {
    int at = floor(block, start(code));
    if (at < 0 || start(block[at]) != start(code)) {
      return block;
    }
    RelocatedCode[] shrunk = new RelocatedCode[block.length - 1];
    System.arraycopy(block, 0, shrunk, 0, at);
    System.arraycopy(block, at + 1, shrunk, at, shrunk.length - at);
    return shrunk;
  }

  /** The index of the last one that starts at or below the address; -1 if there is none. */
  private static int floor(RelocatedCode[] block, long address) {
    int low = 0;
    int high = block.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(start(block[middle]), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private static long start(RelocatedCode code) {
    return code.slot().address();
  }
}
