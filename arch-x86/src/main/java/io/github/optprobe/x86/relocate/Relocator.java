package io.github.optprobe.x86.relocate;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Writes relocated instructions one behind the other, and the jump back behind them. */
public final class Relocator {
  private final List<Relocation> relocations;
  private final long windowStart;
  private final long windowEnd;

  /**
   * Creates a relocator.
   *
   * @param relocations of adjacent instructions, in order, at least one
   */
  public Relocator(List<Relocation> relocations) {
    this.relocations = List.copyOf(relocations);
    Relocation last = relocations.get(relocations.size() - 1);
    windowStart = relocations.get(0).original().address();
    windowEnd = last.original().address() + last.original().length();
  }

  /** Length of all relocated forms and the jump back, in bytes. */
  public int length() {
    return relocations.stream().mapToInt(Relocation::length).sum() + Branches.JMP_BYTES;
  }

  /**
   * Writes code into a slot.
   *
   * @param head writes what stands in front of the relocated instructions
   */
  public RelocatedCode relocate(Slot slot, Consumer<CodeBuffer> head) {
    CodeBuffer out = new CodeBuffer(slot.address());
    head.accept(out);
    int[] offsets = offsets(out.size());
    Targets targets = target -> target(target, slot, offsets);
    for (Relocation relocation : relocations) {
      relocation.emit(out, targets);
    }
    int end = out.size();
    Branches.jmp(out, windowEnd);
    return new RelocatedCode(slot, out.toBytes(), offsets, originals(), end);
  }

  private int[] offsets(int first) {
    int[] offsets = new int[relocations.size()];
    int offset = first;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += relocations.get(i).length();
    }
    return offsets;
  }

  private long[] originals() {
    return relocations.stream().mapToLong(each -> each.original().address()).toArray();
  }

  private long target(long original, Slot slot, int[] offsets) {
    if (original == windowStart) {
      return original;
    }
    for (int i = 1; i < offsets.length; i++) {
      if (relocations.get(i).original().address() == original) {
        return slot.address() + offsets[i];
      }
    }
    return original;
  }
}
