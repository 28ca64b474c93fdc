package io.github.optprobe.x86.scan;

import io.github.optprobe.arch.CodeScan.IndirectJump;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.scan.Value.Entry;
import io.github.optprobe.x86.scan.Value.Stack;
import io.github.optprobe.x86.scan.Value.Strided;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an indirect jump leads, by the value that it takes its target from. Tables are read through
 * the text reader.
 */
final class JumpTargets {
  private static final int MOST = 1 << 14;
  private static final int NOTRACK = 0x3E;
  private static final Verdict COMPUTED = Verdict.unproven(IndirectJump.COMPUTED);

  private final FunctionCode code;
  private final List<AddressRange> related;
  private final TextReader text;
  private final MachineMode mode;

  JumpTargets(FunctionCode code, List<AddressRange> related, TextReader text, MachineMode mode) {
    this.code = code;
    this.related = related;
    this.text = text;
    this.mode = mode;
  }

  /**
   * What became of a jump.
   *
   * @param unproven what it looks like if its targets are not proven
   * @param targets all that it has, or seems to have
   */
  record Verdict(Optional<IndirectJump> unproven, List<Long> targets) {
    static Verdict unproven(IndirectJump kind) {
      return new Verdict(Optional.of(kind), List.of());
    }
  }

  /** Judges a jump to what a value means. */
  Verdict of(Instruction jump, Value target, State state) {
    if (target instanceof Strided numbers && numbers.isBounded() && numbers.last() < MOST) {
      return proven(numbers);
    }
    if (target instanceof Entry entry) {
      return ofTable(entry);
    }
    boolean emptyStack = state.get(Transfer.STACK_POINTER).equals(new Stack(0));
    boolean leaves = emptyStack && Transfer.isFromOutside(target) && !jump.hasPrefix(NOTRACK);
    return leaves ? Verdict.unproven(IndirectJump.LEAVING) : COMPUTED;
  }

  private Verdict proven(Strided numbers) {
    List<Long> targets = new ArrayList<>();
    for (long k = 0; k <= numbers.last(); k++) {
      targets.add((numbers.base() + k * numbers.stride()) & mode.addressMask());
    }
    return proven(targets);
  }

  /** Targets inside instructions are no proof: something that was taken for granted is not so. */
  private Verdict proven(List<Long> targets) {
    boolean possible = targets.stream().allMatch(this::mayBeTarget);
    return possible ? new Verdict(Optional.empty(), distinct(targets)) : COMPUTED;
  }

  private static List<Long> distinct(List<Long> targets) {
    return targets.stream().distinct().toList();
  }

  private boolean mayBeTarget(long target) {
    return code.contains(target)
        ? code.numberAt(target) >= 0
        : text.read(target, new byte[1], 0, 1) == 1;
  }

  private Verdict ofTable(Entry entry) {
    Strided at = entry.at();
    boolean overlapping = at.stride() < entry.bytes();
    if (at.isBounded() && at.last() < MOST && !(overlapping && at.last() > 1)) {
      List<Long> targets = read(entry, at.last() + 1);
      boolean readable = targets.size() == at.last() + 1;
      Verdict verdict = readable ? proven(targets) : COMPUTED;
      if (verdict.unproven().isEmpty()) {
        return verdict;
      }
    }
    // Without a bound, or with one that is not the table's, such as that of any byte.
    return overlapping ? COMPUTED : withoutBound(entry);
  }

  private Verdict withoutBound(Entry entry) {
    List<Long> targets = new ArrayList<>();
    for (long target : read(entry, MOST)) {
      if (!isInside(target)) {
        break;
      }
      targets.add(target);
    }
    return targets.isEmpty()
        ? COMPUTED
        : new Verdict(Optional.of(IndirectJump.TABLE), distinct(targets));
  }

  private boolean isInside(long target) {
    return code.numberAt(target) >= 0 || related.stream().anyMatch(range -> range.contains(target));
  }

  /** The targets of the first entries, as many as can be read. */
  private List<Long> read(Entry entry, long count) {
    Strided at = entry.at();
    long stride = at.stride();
    long span = (count - 1) * stride + entry.bytes();
    List<Long> targets = new ArrayList<>();
    if (span > MOST * (long) Long.BYTES) {
      return targets;
    }
    byte[] table = new byte[(int) span];
    int readable = text.read(at.base() & mode.addressMask(), table, 0, table.length);
    for (long offset = 0; offset + entry.bytes() <= readable; offset += stride) {
      targets.add(target(entry, table, (int) offset));
    }
    return targets;
  }

  private long target(Entry entry, byte[] table, int offset) {
    long word = 0;
    for (int i = entry.bytes() - 1; i >= 0; i--) {
      word = word << Byte.SIZE | (table[offset + i] & 0xFF);
    }
    boolean extend = entry.signed() && entry.bytes() == Integer.BYTES;
    long target = (extend ? (int) word : word) + entry.addend();
    return target & Interval.mask(entry.bits()) & mode.addressMask();
  }
}
