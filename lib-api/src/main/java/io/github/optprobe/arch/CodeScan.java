package io.github.optprobe.arch;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What decoding a range of code from its first byte to its last found: where instructions start,
 * where direct branches lead, where indirect jumps stand, and what did not decode. Made by {@link
 * Architecture#scan} once for a range and used for every probe in it. Immutable and thread-safe.
 */
public final class CodeScan {
  private final AddressRange range;
  private final BitSet starts;
  private final TreeMap<Long, List<Long>> sourcesByTarget;
  private final List<Long> indirectJumps;
  private final List<Long> undecodable;

  private CodeScan(Builder builder) {
    range = builder.range;
    starts = (BitSet) builder.starts.clone();
    sourcesByTarget = new TreeMap<>(Long::compareUnsigned);
    builder.sourcesByTarget.forEach((to, from) -> sourcesByTarget.put(to, List.copyOf(from)));
    indirectJumps = List.copyOf(builder.indirectJumps);
    undecodable = List.copyOf(builder.undecodable);
  }

  /** Begins a scan of {@code range}. */
  public static Builder of(AddressRange range) {
    return new Builder(range);
  }

  /** What was scanned. */
  public AddressRange range() {
    return range;
  }

  /** Whether an instruction starts at {@code address}. */
  public boolean isBoundary(long address) {
    return range.contains(address) && starts.get((int) (address - range.first()));
  }

  /**
   * The start of the instruction that covers {@code address}, which must lie in the range.
   *
   * @throws IllegalArgumentException if it does not, or if nothing up to it decodes
   */
  public long boundaryAtOrBelow(long address) {
    if (!range.contains(address)) {
      throw new IllegalArgumentException("0x%x is not in %s".formatted(address, range));
    }
    int offset = starts.previousSetBit((int) (address - range.first()));
    if (offset < 0) {
      throw new IllegalArgumentException("no instruction up to 0x%x".formatted(address));
    }
    return range.first() + offset;
  }

  /** The addresses at which instructions start, ascending. */
  public long[] boundaries() {
    return starts.stream().mapToLong(offset -> range.first() + offset).toArray();
  }

  /** The direct branches, calls among them, that lead into {@code window}. */
  public List<Branch> branchesInto(AddressRange window) {
    List<Branch> branches = new ArrayList<>();
    sourcesByTarget
        .subMap(window.first(), true, window.last(), true)
        .forEach((to, sources) -> sources.forEach(from -> branches.add(new Branch(from, to))));
    return branches;
  }

  /** The address of the first indirect jump (not call, not return). */
  public OptionalLong firstIndirectJump() {
    return first(indirectJumps);
  }

  /** The first address at which nothing decoded; the scan went on one byte further. */
  public OptionalLong firstUndecodable() {
    return first(undecodable);
  }

  private static OptionalLong first(List<Long> addresses) {
    return addresses.isEmpty() ? OptionalLong.empty() : OptionalLong.of(addresses.get(0));
  }

  /**
   * A direct branch.
   *
   * @param from address of the branch instruction
   * @param to where it leads
   */
  public record Branch(long from, long to) {}

  /** Collects what a scan finds, in ascending order of addresses. Not thread-safe. */
  public static final class Builder {
    private final AddressRange range;
    private final BitSet starts = new BitSet();
    private final TreeMap<Long, List<Long>> sourcesByTarget = new TreeMap<>();
    private final List<Long> indirectJumps = new ArrayList<>();
    private final List<Long> undecodable = new ArrayList<>();

    private Builder(AddressRange range) {
      if (range.length() <= 0 || range.length() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("too large to scan: " + range);
      }
      this.range = range;
    }

    /** An instruction starts at {@code address}. */
    public Builder instruction(long address) {
      starts.set((int) (address - range.first()));
      return this;
    }

    /** The instruction at {@code from} may branch to {@code to}. */
    public Builder branch(long from, long to) {
      sourcesByTarget.computeIfAbsent(to, unused -> new ArrayList<>()).add(from);
      return this;
    }

    /** The instruction at {@code address} jumps to where its operand says. */
    public Builder indirectJump(long address) {
      indirectJumps.add(address);
      return this;
    }

    /** Nothing decodes at {@code address}. */
    public Builder undecodable(long address) {
      undecodable.add(address);
      return this;
    }

    /** Finishes the scan. */
    public CodeScan build() {
      return new CodeScan(this);
    }
  }
}
