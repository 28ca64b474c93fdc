package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a function that are neither reached nor known to be data. They may be code that is
 * entered in a way that nobody told of, such as a landing pad, so whatever may be a branch there,
 * if it started at just that address, is taken for one. They may be data too: nothing there is
 * taken for the start of an instruction.
 */
final class Gaps {
  private final FunctionText text;
  private final BitSet known = new BitSet();

  Gaps(FunctionText text, Settled settled) {
    this.text = text;
    settled.nodes().values().forEach(node -> know(node.bytes()));
    AddressRange body = text.body();
    for (long address = body.first(); body.contains(address); address++) {
      if (settled.walk().data().contains(address)) {
        known.set(offset(address));
      }
    }
  }

  private void know(AddressRange range) {
    known.set(offset(range.first()), offset(range.last()) + 1);
  }

  private int offset(long address) {
    return (int) (address - text.body().first());
  }

  /** What may be an instruction and is not known to be one, by address. */
  SortedMap<Long, Instruction> possible() {
    SortedMap<Long, Instruction> possible = new TreeMap<>();
    int unit = text.set().instructionSet().alignment();
    for (int at = known.nextClearBit(0); at < text.body().length(); at = known.nextClearBit(at)) {
      long address = text.body().first() + at;
      if (text.isAligned(address)
          && text.decode(address, ItState.OUTSIDE) instanceof Instruction instruction
          && isUnknown(at, instruction.length())) {
        possible.put(address, instruction);
      }
      at += unit;
    }
    return possible;
  }

  private boolean isUnknown(int offset, int length) {
    int next = known.nextSetBit(offset);
    return next < 0 || next >= offset + length;
  }
}
