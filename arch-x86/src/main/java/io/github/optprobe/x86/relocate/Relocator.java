package io.github.optprobe.x86.relocate;

import io.github.optprobe.arch.FaultRepair;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

  /** Length of all relocated forms and the jump back, in bytes, near everything. */
  public int length() {
    return relocations.stream().mapToInt(Relocation::length).sum() + Branches.JMP_BYTES;
  }

  /** The same where nothing is near: a slot of that size is large enough in any place. */
  public int farLength() {
    return relocations.stream().mapToInt(each -> each.far().orElse(each).length()).sum()
        + Branches.FAR_JMP_BYTES;
  }

  /**
   * Writes code into a slot. What the slot does not reach is reached by far forms.
   *
   * @param head writes what stands in front of the relocated instructions
   */
  public RelocatedCode relocate(Slot slot, Consumer<CodeBuffer> head) {
    int addressBits = relocations.get(0).original().mode().bits();
    CodeBuffer out = new CodeBuffer(slot.address(), addressBits);
    head.accept(out);
    List<Relocation> forms = relocations.stream().map(each -> formFor(slot, each)).toList();
    int[] offsets = offsets(forms, out.size());
    Targets targets = target -> target(target, slot, offsets);
    for (Relocation form : forms) {
      form.emit(out, targets);
    }
    int end = out.size();
    jumpBack(out, slot);
    byte[] bytes = out.toBytes();
    return new RelocatedCode(slot, bytes, offsets, originals(), end, repair(forms, offsets));
  }

  private static Relocation formFor(Slot slot, Relocation near) {
    Optional<AddressRange> reach = near.reach();
    boolean reached = reach.isEmpty() || reach.get().contains(slot.range());
    return reached ? near : near.far().orElse(near);
  }

  private void jumpBack(CodeBuffer out, Slot slot) {
    boolean only32Bits = relocations.get(0).original().mode() == MachineMode.BITS_32;
    if (only32Bits || Reach.of(windowEnd).contains(slot.range())) {
      Branches.jmp(out, windowEnd);
    } else {
      Branches.farJmp(out, windowEnd);
    }
  }

  private static @Nullable FaultRepair repair(List<Relocation> forms, int[] offsets) {
    List<Borrowed> all = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      int offset = offsets[i];
      forms.get(i).borrowed().forEach(each -> all.add(each.movedBy(offset)));
    }
    return all.isEmpty() ? null : repair(List.copyOf(all));
  }

  private static FaultRepair repair(List<Borrowed> all) {
    return (offset, registers, memory) ->
        all.stream()
            .filter(each -> each.covers(offset))
            .forEach(each -> each.giveBack(registers, memory));
  }

  private static int[] offsets(List<Relocation> forms, int first) {
    int[] offsets = new int[forms.size()];
    int offset = first;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += forms.get(i).length();
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
