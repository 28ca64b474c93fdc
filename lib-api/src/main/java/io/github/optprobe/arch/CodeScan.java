package io.github.optprobe.arch;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * What decoding a range of code from its first byte to its last found: where instructions start,
 * where branches lead, which indirect jumps are left whose targets are not proven, and what did not
 * decode. Made by {@link Architecture#scan} once for a range and used for every probe in it.
 * Immutable and thread-safe.
 */
public final class CodeScan {
  private final AddressRange range;
  private final BitSet starts;
  private final TreeMap<Long, List<Long>> sourcesByTarget;
  private final Set<Branch> indirectBranches;
  private final List<Long> indirectJumps;
  private final List<Long> computedJumps;
  private final List<Long> undecodable;

  private CodeScan(Builder builder) {
    range = builder.range;
    starts = (BitSet) builder.starts.clone();
    sourcesByTarget = new TreeMap<>(Long::compareUnsigned);
    builder.sourcesByTarget.forEach((to, from) -> sourcesByTarget.put(to, List.copyOf(from)));
    indirectBranches = Set.copyOf(builder.indirectBranches);
    indirectJumps = List.copyOf(builder.indirectJumps);
    computedJumps = List.copyOf(builder.computedJumps);
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

  /** The branches, calls and jump tables among them, that lead into {@code window}. */
  public List<Branch> branchesInto(AddressRange window) {
    List<Branch> branches = new ArrayList<>();
    sourcesByTarget
        .subMap(window.first(), true, window.last(), true)
        .forEach((to, sources) -> sources.forEach(from -> branches.add(branch(from, to))));
    return branches;
  }

  private Branch branch(long from, long to) {
    return new Branch(from, to, !indirectBranches.contains(new Branch(from, to, false)));
  }

  /** The branches that lead out of the range. */
  public List<Branch> branchesOut() {
    List<Branch> branches = new ArrayList<>();
    if (range.first() != 0) {
      branches.addAll(branchesInto(new AddressRange(0, range.first() - 1)));
    }
    if (range.last() != -1L) {
      branches.addAll(branchesInto(new AddressRange(range.last() + 1, -1L)));
    }
    return branches;
  }

  /** The address of the first indirect jump (not call, not return) with unproven targets. */
  public OptionalLong firstIndirectJump() {
    return first(indirectJumps);
  }

  /** The address of the first {@link IndirectJump#COMPUTED} one. */
  public OptionalLong firstComputedJump() {
    return first(computedJumps);
  }

  /** The first address at which nothing decoded; the scan went on one byte further. */
  public OptionalLong firstUndecodable() {
    return first(undecodable);
  }

  private static OptionalLong first(List<Long> addresses) {
    return addresses.isEmpty() ? OptionalLong.empty() : OptionalLong.of(addresses.get(0));
  }

  /** What an indirect jump whose targets are not proven looks like. */
  public enum IndirectJump {
    /** A tail call: through plain memory or a value from outside, with nothing on the stack. */
    LEAVING,
    /**
     * Through a table whose place is known and whose length is not. The targets that the table
     * seems to have are noted as branches.
     */
    TABLE,
    /** Anything else: it may lead anywhere. */
    COMPUTED
  }

  /**
   * A branch.
   *
   * @param from address of the branch instruction
   * @param to where it leads
   * @param direct whether the instruction itself says so, and leads elsewhere when it is rewritten;
   *     what is in a table, or kept by somebody who took the address, does not
   */
  public record Branch(long from, long to, boolean direct) {
    /** A direct branch. */
    public Branch(long from, long to) {
      this(from, to, true);
    }
  }

  /** Collects what a scan finds; each kind in ascending order of addresses. Not thread-safe. */
  public static final class Builder {
    private final AddressRange range;
    private final BitSet starts = new BitSet();
    private final TreeMap<Long, List<Long>> sourcesByTarget = new TreeMap<>();
    private final Set<Branch> indirectBranches = new HashSet<>();
    private final List<Long> indirectJumps = new ArrayList<>();
    private final List<Long> computedJumps = new ArrayList<>();
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

    /**
     * The instruction at {@code from} leads to {@code to} by an address that is kept elsewhere: in
     * a jump table, or in a register for somebody to jump to.
     */
    public Builder indirectBranch(long from, long to) {
      indirectBranches.add(new Branch(from, to, false));
      return branch(from, to);
    }

    /** The instruction at {@code address} jumps to where its operand says: anywhere. */
    public Builder indirectJump(long address) {
      return indirectJump(address, IndirectJump.COMPUTED);
    }

    /** The instruction at {@code address} jumps to where its operand says. */
    public Builder indirectJump(long address, IndirectJump kind) {
      indirectJumps.add(address);
      if (kind == IndirectJump.COMPUTED) {
        computedJumps.add(address);
      }
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
