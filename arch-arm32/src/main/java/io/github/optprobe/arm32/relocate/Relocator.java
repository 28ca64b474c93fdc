package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arch.FaultRepair;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.Assembler;
import io.github.optprobe.arm32.emit.Label;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.Slot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes relocated instructions one behind the other, and the jump back behind them. */
public final class Relocator {
  private final List<Relocation> relocations;
  private final ArmSet set;

  /**
   * Creates a relocator.
   *
   * @param relocations of adjacent instructions, in order, at least one
   */
  public Relocator(List<Relocation> relocations) {
    this.relocations = List.copyOf(relocations);
    this.set = relocations.get(0).original().set();
  }

  /**
   * How many bytes are enough wherever the code lies.
   *
   * @param head as for {@link #relocate}
   */
  public int mostBytes(BiConsumer<Assembler, Label> head) {
    Assembler out = Assembler.of(set, 0);
    write(out, head);
    return out.mostBytes();
  }

  /**
   * Writes code into a slot.
   *
   * @param head writes what stands in front of the relocated instructions, whose start the label is
   */
  public RelocatedCode relocate(Slot slot, BiConsumer<Assembler, Label> head) {
    Assembler out = Assembler.of(set, slot.address());
    Written written = write(out, head);
    byte[] bytes = out.finish();
    return new RelocatedCode(
        slot, bytes, written.offsets, originals(), written.end, repair(written.borrowed));
  }

  private Written write(Assembler out, BiConsumer<Assembler, Label> head) {
    Label entry = new Label();
    head.accept(out, entry);
    out.bind(entry);
    Map<Long, Label> inside = labels();
    Emission emission = new Emission(out, inside);
    int[] offsets = new int[relocations.size()];
    for (int i = 0; i < offsets.length; i++) {
      Relocation relocation = relocations.get(i);
      Label label = inside.get(relocation.original().address());
      if (label != null) {
        out.bind(label);
      }
      offsets[i] = out.size();
      relocation.emit(emission);
    }
    int end = out.size();
    out.jump(last().nextAddress());
    return new Written(offsets, end, emission.borrowed());
  }

  /** A branch to the first instruction is to hit the probe again, so it leads to the text. */
  private Map<Long, Label> labels() {
    Map<Long, Label> inside = new HashMap<>();
    relocations
        .subList(1, relocations.size())
        .forEach(each -> inside.put(each.original().address(), new Label()));
    return inside;
  }

  private Instruction last() {
    return relocations.get(relocations.size() - 1).original();
  }

  private long[] originals() {
    return relocations.stream().mapToLong(each -> each.original().address()).toArray();
  }

  private static @Nullable FaultRepair repair(List<Borrowed> all) {
    if (all.isEmpty()) {
      return null;
    }
    return (offset, registers, memory) ->
        all.stream()
            .filter(each -> each.covers(offset))
            .findFirst()
            .ifPresent(each -> each.giveBack(registers, memory));
  }

  @SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
  private record Written(int[] offsets, int end, List<Borrowed> borrowed) {}
}
