package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.ProcessMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the calls that return probes track really return to, by the place on the stack where their
 * return addresses were: for machine code, which must find it without Java, and for unwinders. An
 * entry of a call that was left by other ways stays until its place is used again, or room is
 * needed. Thread-safe; read without a lock.
 */
public final class ReturnTable {
  /** What the low bits of a place are shifted away by: they are always 0. */
  static final int SHIFT = 3;

  /** How many entries there are: pairs of place and return address. */
  static final int COUNT = 1 << 16;

  /** A place that was used and is not any more. No stack has it. */
  private static final long REMOVED = 1;

  private static final int ENTRY_BYTES = 16;

  private final DataBlock block = DataBlock.allocate(COUNT * ENTRY_BYTES + Long.BYTES);
  private final ProcessMemory memory;
  private int used;

  /** Creates an empty table. */
  ReturnTable(ProcessMemory memory) {
    this.memory = memory;
  }

  /** The address of the first entry. */
  long address() {
    return block.address();
  }

  /** The address of a word that is 0, always. */
  long zero() {
    return block.address() + (long) COUNT * ENTRY_BYTES;
  }

  /**
   * Notes where a call returns to.
   *
   * @param place the address of its stack slot
   * @param trampoline what comes to stand there, to tell entries that are over
   */
  public synchronized void put(long place, long returnsTo, long trampoline) {
    if (used >= COUNT / 2) {
      sweep(trampoline);
    }
    int free = -1;
    int index = (int) (place >>> SHIFT) & (COUNT - 1);
    for (int i = 0; i < COUNT - 1; i++) {
      long key = block.load(index * ENTRY_BYTES);
      if (key == place) {
        block.store(index * ENTRY_BYTES + Long.BYTES, returnsTo);
        return;
      }
      free = free < 0 && key == REMOVED ? index : free;
      if (key == 0) {
        fill(free < 0 ? index : free, place, returnsTo, free < 0);
        return;
      }
      index = (index + 1) & (COUNT - 1);
    }
    if (free >= 0) {
      fill(free, place, returnsTo, false);
    }
  }

  private void fill(int index, long place, long returnsTo, boolean fresh) {
    block.store(index * ENTRY_BYTES + Long.BYTES, returnsTo);
    block.store(index * ENTRY_BYTES, place);
    used += fresh ? 1 : 0;
  }

  /** Where the call with its return address at a place returns to; 0 if it is not known. */
  public synchronized long get(long place) {
    int index = find(place);
    return index < 0 ? 0 : block.load(index * ENTRY_BYTES + Long.BYTES);
  }

  /** The call with its return address at a place has returned. */
  public synchronized void remove(long place) {
    int index = find(place);
    if (index >= 0) {
      free(index);
    }
  }

  /** The index of a place's entry; -1 if it has none. */
  private int find(long place) {
    int index = (int) (place >>> SHIFT) & (COUNT - 1);
    long key = block.load(index * ENTRY_BYTES);
    while (key != 0 && key != place) {
      index = (index + 1) & (COUNT - 1);
      key = block.load(index * ENTRY_BYTES);
    }
    return key == 0 ? -1 : index;
  }

  /** As 0 if nothing can lie behind it, so that searches stay short. */
  private void free(int index) {
    if (block.load(((index + 1) & (COUNT - 1)) * ENTRY_BYTES) != 0) {
      block.store(index * ENTRY_BYTES, REMOVED);
      return;
    }
    int at = index;
    do {
      block.store(at * ENTRY_BYTES, 0);
      used--;
      at = (at - 1) & (COUNT - 1);
    } while (block.load(at * ENTRY_BYTES) == REMOVED);
  }

  /** Takes out what is over: another thing stands at its place by now. */
  private void sweep(long trampoline) {
    byte[] word = new byte[Long.BYTES];
    for (int i = 0; i < COUNT; i++) {
      long key = block.load(i * ENTRY_BYTES);
      if (key != 0 && key != REMOVED) {
        int count = memory.read(key, word, 0, Long.BYTES);
        long there = ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (count < Long.BYTES || there != trampoline) {
          free(i);
        }
      }
    }
  }
}
