package io.github.optprobe.arch;

import io.github.optprobe.text.Slot;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Code that was made for a slot: what is written there, and which original instruction each part of
 * it stands for. Immutable and thread-safe.
 */
public final class RelocatedCode {
  private final Slot slot;
  private final byte[] bytes;
  private final int[] offsets;
  private final long[] originals;
  private final int end;

  /**
   * Creates relocated code.
   *
   * @param slot where it lies
   * @param bytes all of it, at most the slot's size; copied
   * @param offsets where in it each relocated instruction starts, ascending; copied
   * @param originals the address of the original of each; copied
   * @param end offset behind the last relocated instruction, where the jump back stands
   * @throws IllegalArgumentException if the parts do not fit each other
   */
  public RelocatedCode(Slot slot, byte[] bytes, int[] offsets, long[] originals, int end) {
    boolean inSlot = bytes.length <= slot.bytes() && end <= bytes.length;
    if (!inSlot || offsets.length != originals.length || !ascendUpTo(end, offsets)) {
      throw new IllegalArgumentException("relocated code does not fit its slot: " + slot);
    }
    this.slot = slot;
    this.bytes = bytes.clone();
    this.offsets = offsets.clone();
    this.originals = originals.clone();
    this.end = end;
  }

  private static boolean ascendUpTo(int end, int[] offsets) {
    boolean ascending = offsets.length > 0 && offsets[0] >= 0;
    for (int i = 1; i < offsets.length; i++) {
      ascending &= offsets[i - 1] <= offsets[i];
    }
    return ascending && offsets[offsets.length - 1] <= end;
  }

  /** Where it lies. */
  public Slot slot() {
    return slot;
  }

  /** Its bytes, a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Where the first relocated instruction starts. */
  public long entry() {
    return slot.address() + offsets[0];
  }

  /** The address behind the last relocated instruction, where the jump back stands. */
  public long end() {
    return slot.address() + end;
  }

  /** Whether the address lies in the part that stands for original instructions. */
  public boolean covers(long address) {
    return Long.compareUnsigned(address, entry()) >= 0 && Long.compareUnsigned(address, end()) < 0;
  }

  /**
   * The original address that execution at {@code address} stands for: that of the original
   * instruction if {@code address} lies in its relocated form; the first original if {@code
   * address} lies before them (registers being saved); that behind the last one is not known here.
   *
   * @return empty if the address is outside of the code, or behind the relocated instructions
   */
  public OptionalLong originalOf(long address) {
    long offset = address - slot.address();
    if (offset < 0 || offset >= end) {
      return OptionalLong.empty();
    }
    int found = Arrays.binarySearch(offsets, (int) offset);
    int index = found >= 0 ? found : Math.max(0, -found - 2);
    return OptionalLong.of(originals[index]);
  }

  /** Whether a relocated instruction starts exactly at {@code address}. */
  public boolean startsInstruction(long address) {
    long offset = address - slot.address();
    return offset >= 0 && offset < end && Arrays.binarySearch(offsets, (int) offset) >= 0;
  }
}
