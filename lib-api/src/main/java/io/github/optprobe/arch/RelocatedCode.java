package io.github.optprobe.arch;

import io.github.optprobe.text.Slot;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Code that was made for a slot: what is written there, and which original instruction each part of
 * it stands for. Immutable and thread-safe.
 */
public final class RelocatedCode {
  // No slot and, for the usual single instruction, no arrays: there may be a million of these.
  private final long address;
  private final int slotBytes;
  private final byte[] bytes;
  private final int end;
  private final int firstOffset;
  private final long firstOriginal;
  private final Instructions others;

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
    this(slot, bytes, offsets, originals, end, null);
  }

  /**
   * Creates relocated code of which some instructions need a repair when they fault.
   *
   * @param repair what to do then; null if nothing
   */
  public RelocatedCode(
      Slot slot,
      byte[] bytes,
      int[] offsets,
      long[] originals,
      int end,
      @Nullable FaultRepair repair) {
    boolean inSlot = bytes.length <= slot.bytes() && end <= bytes.length;
    if (!inSlot || offsets.length != originals.length || !ascendUpTo(end, offsets)) {
      throw new IllegalArgumentException("relocated code does not fit its slot: " + slot);
    }
    this.address = slot.address();
    this.slotBytes = slot.bytes();
    this.bytes = bytes.clone();
    this.end = end;
    this.firstOffset = offsets[0];
    this.firstOriginal = originals[0];
    this.others = Instructions.behindFirst(offsets, originals, repair);
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
    return new Slot(address, slotBytes);
  }

  /** Its bytes, a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The address of its first byte. As {@link #slot()}, without an object made for it. */
  public long start() {
    return address;
  }

  /** Where the first relocated instruction starts. */
  public long entry() {
    return address + firstOffset;
  }

  /** The address behind the last relocated instruction, where the jump back stands. */
  public long end() {
    return address + end;
  }

  /** The address of the first original instruction: the probed one. */
  public long firstOriginal() {
    return firstOriginal;
  }

  /** Whether the address lies in the part that stands for original instructions. */
  public boolean covers(long where) {
    return Long.compareUnsigned(where, entry()) >= 0 && Long.compareUnsigned(where, end()) < 0;
  }

  /**
   * The original address that execution at {@code where} stands for: that of the original
   * instruction if {@code where} lies in its relocated form; the first original if {@code where}
   * lies before them (registers being saved); that behind the last one is not known here.
   *
   * @return empty if the address is outside of the code, or behind the relocated instructions
   */
  public OptionalLong originalOf(long where) {
    long offset = where - address;
    if (offset < 0 || offset >= end) {
      return OptionalLong.empty();
    }
    int index = others.floor((int) offset);
    return OptionalLong.of(index < 0 ? firstOriginal : others.originals[index]);
  }

  /**
   * Where the relocated form of an instruction starts.
   *
   * @param original the address of the original instruction
   * @return empty if no instruction with that address is in here
   */
  public OptionalLong relocatedOf(long original) {
    if (original == firstOriginal) {
      return OptionalLong.of(entry());
    }
    for (int i = 0; i < others.originals.length; i++) {
      if (others.originals[i] == original) {
        return OptionalLong.of(address + others.offsets[i]);
      }
    }
    return OptionalLong.empty();
  }

  /** Whether a relocated instruction starts exactly at {@code where}. */
  public boolean startsInstruction(long where) {
    long offset = where - address;
    if (offset < 0 || offset >= end) {
      return false;
    }
    int index = others.floor((int) offset);
    return offset == (index < 0 ? firstOffset : others.offsets[index]);
  }

  /**
   * Corrects the registers of a CPU that faulted in this code, the program counter excepted.
   *
   * @param where the CPU's program counter
   */
  public void repairFault(long where, Registers registers, DataMemory memory) {
    FaultRepair repair = others.repair;
    if (repair != null) {
      repair.repair((int) (where - address), registers, memory);
    }
  }

  /**
   * Code that only leads on: all of it stands for the probed address, and there is no relocated
   * instruction in it. For {@link PreparedDetour#link()}.
   *
   * @param slot where it lies
   * @param bytes all of it
   * @param probed the probed address
   */
  public static RelocatedCode leadingOn(Slot slot, byte[] bytes, long probed) {
    return new RelocatedCode(
        slot, bytes, new int[] {bytes.length}, new long[] {probed}, bytes.length);
  }

  /** Relocated instructions behind the first one, by offset, and what only few need. */
  private static final class Instructions {
    private static final Instructions NONE = new Instructions(new int[0], new long[0], null);

    private final int[] offsets;
    private final long[] originals;
    private final @Nullable FaultRepair repair;

    private Instructions(int[] offsets, long[] originals, @Nullable FaultRepair repair) {
      this.offsets = offsets;
      this.originals = originals;
      this.repair = repair;
    }

    static Instructions behindFirst(int[] offsets, long[] originals, @Nullable FaultRepair repair) {
      int count = offsets.length;
      return count == 1 && repair == null
          ? NONE
          : new Instructions(
              Arrays.copyOfRange(offsets, 1, count),
              Arrays.copyOfRange(originals, 1, count),
              repair);
    }

    /** The index of the last one that starts at or before an offset; -1 if there is none. */
    int floor(int offset) {
      int index = offsets.length - 1;
      while (index >= 0 && offsets[index] > offset) {
        index--;
      }
      return index;
    }
  }
}
