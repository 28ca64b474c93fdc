package io.github.optprobe.arm32.scan;

import io.github.optprobe.text.AddressRange;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The bytes of a function that are accessed as data, and by which instructions. */
final class DataMap {
  private final AddressRange body;
  private final BitSet bytes = new BitSet();
  private final Set<Use> uses = new LinkedHashSet<>();

  /**
   * One access.
   *
   * @param by address of the instruction
   * @param at the bytes, cut off at the ends of the function
   */
  record Use(long by, AddressRange at) {}

  DataMap(AddressRange body) {
    this.body = body;
  }

  /** An instruction accesses bytes, of the function or elsewhere. */
  void add(long by, long first, long length) {
    long start = first & Values.MASK;
    AddressRange.ofLength(start, length)
        .intersect(body)
        .filter(at -> uses.add(new Use(by, at)))
        .ifPresent(at -> bytes.set(offset(at.first()), offset(at.last()) + 1));
  }

  private int offset(long address) {
    return (int) (address - body.first());
  }

  /** Whether a byte of the function is data. */
  boolean contains(long address) {
    return body.contains(address) && bytes.get(offset(address));
  }

  /** Whether any byte of a part of the function is. */
  boolean touches(AddressRange part) {
    int next = bytes.nextSetBit(offset(part.first()));
    return next >= 0 && next <= offset(part.last());
  }

  /** The instructions that access a part of the function. */
  List<Long> usersOf(AddressRange part) {
    return uses.stream().filter(use -> use.at().overlaps(part)).map(Use::by).distinct().toList();
  }
}
