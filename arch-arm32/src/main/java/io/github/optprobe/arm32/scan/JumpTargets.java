package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.CodeScan.IndirectJump;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.Value.Entry;
import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.scan.Value.Stack;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an indirect branch leads, by the value that it takes its target from. */
final class JumpTargets {
  private static final int MOST = 1 << 14;
  private static final Verdict COMPUTED = Verdict.unproven(IndirectJump.COMPUTED);
  private static final Verdict LEAVING = Verdict.unproven(IndirectJump.LEAVING);
  private static final Verdict RETURNS = new Verdict(Optional.empty(), List.of(), null);

  private final FunctionText text;
  private final List<AddressRange> related;
  private final DataMap data;

  JumpTargets(FunctionText text, List<AddressRange> related, DataMap data) {
    this.text = text;
    this.related = related;
    this.data = data;
  }

  /**
   * What became of a branch.
   *
   * @param unproven what it looks like if its targets are not proven
   * @param targets all that it has, or seems to have
   * @param table where its table lies, or seems to
   */
  record Verdict(
      Optional<IndirectJump> unproven, List<Long> targets, @Nullable AddressRange table) {
    static Verdict unproven(IndirectJump kind) {
      return new Verdict(Optional.of(kind), List.of(), null);
    }

    boolean isProven() {
      return unproven.isEmpty();
    }
  }

  /** Judges a branch to what a value means, in the state behind it. */
  Verdict of(Instruction branch, Value target, State state) {
    if (target.equals(Value.RETURN)) {
      return RETURNS;
    } else if (target instanceof Numbers numbers) {
      return ofNumbers(branch, numbers);
    } else if (target instanceof Entry entry) {
      return ofTable(branch, entry);
    }
    boolean emptyStack = state.get(State.SP).equals(new Stack(0));
    return emptyStack && Values.isFromOutside(target) ? LEAVING : COMPUTED;
  }

  private Verdict ofNumbers(Instruction branch, Numbers numbers) {
    if (!numbers.isBounded()) {
      return ofBranches(branch, numbers);
    } else if (numbers.last() >= MOST) {
      return COMPUTED;
    }
    List<Long> targets = new ArrayList<>();
    for (long k = 0; k <= numbers.last(); k++) {
      targets.add((numbers.base() + k * numbers.stride()) & Values.MASK);
    }
    return proven(branch, targets, null);
  }

  /** Without a bound into branches that stand one behind the other. */
  private Verdict ofBranches(Instruction branch, Numbers numbers) {
    List<Long> targets = new ArrayList<>();
    long at = numbers.base();
    while (numbers.stride() == Integer.BYTES && isPlainBranch(at)) {
      targets.add(at);
      at += Integer.BYTES;
    }
    return seemingly(branch, targets, null);
  }

  private boolean isPlainBranch(long address) {
    return text.contains(address)
        && text.isAligned(address)
        && text.decode(address, ItState.OUTSIDE) instanceof Instruction instruction
        && instruction.treatment() == Treatment.BRANCH;
  }

  private static Verdict seemingly(
      Instruction branch, List<Long> marked, @Nullable AddressRange table) {
    List<Long> targets = marked.stream().map(each -> plain(branch, each)).distinct().toList();
    return targets.isEmpty()
        ? COMPUTED
        : new Verdict(Optional.of(IndirectJump.TABLE), targets, table);
  }

  /** A target that can't be one is no proof: something that was taken for granted is not so. */
  private Verdict proven(Instruction branch, List<Long> marked, @Nullable AddressRange table) {
    boolean possible =
        marked.stream()
            .allMatch(
                each -> mayBeTarget(branch, each) && !(table != null && table.contains(each)));
    return possible
        ? new Verdict(
            Optional.empty(),
            marked.stream().map(each -> plain(branch, each)).distinct().toList(),
            table)
        : COMPUTED;
  }

  private static long plain(Instruction branch, long marked) {
    return branch.set() == ArmSet.T32 ? marked & ~1L : marked;
  }

  private boolean mayBeTarget(Instruction branch, long marked) {
    long target = plain(branch, marked);
    if (!text.contains(target & ~1L)) {
      return text.isMapped(target & ~1L);
    }
    return staysInSet(branch, marked) && text.isAligned(target) && !data.contains(target);
  }

  /** Bit 0 tells the instruction set; not so for what T32 computes itself. */
  private static boolean staysInSet(Instruction branch, long marked) {
    boolean exchanges =
        switch (branch.treatment()) {
          case TABLE_BRANCH -> false;
          case DATA_WRITES_PC -> branch.set() == ArmSet.A32;
          default -> true;
        };
    boolean marksT32 = (marked & 1) != 0;
    return !exchanges || marksT32 == (branch.set() == ArmSet.T32);
  }

  private Verdict ofTable(Instruction branch, Entry entry) {
    Numbers at = entry.at();
    boolean apart = at.stride() >= entry.bytes() || at.isConstant();
    if (at.isBounded() && at.last() < MOST && apart) {
      int span = (int) (at.last() * at.stride()) + entry.bytes();
      byte[] table = new byte[span];
      if (text.read(at.base(), table) == span) {
        AddressRange place = AddressRange.ofLength(at.base(), span);
        Verdict verdict = proven(branch, entries(entry, table), place);
        if (verdict.isProven()) {
          return verdict;
        }
      }
    }
    // Without a bound, or with one that is not the table's, such as that of any byte.
    return apart && !at.isConstant() ? withoutBound(branch, entry) : COMPUTED;
  }

  private static List<Long> entries(Entry entry, byte[] table) {
    List<Long> targets = new ArrayList<>();
    int stride = Math.max((int) entry.at().stride(), entry.bytes());
    for (int offset = 0; offset + entry.bytes() <= table.length; offset += stride) {
      targets.add(target(entry, table, offset));
    }
    return targets;
  }

  private static long target(Entry entry, byte[] table, int offset) {
    long number = FunctionText.number(table, offset, entry.bytes());
    return (number * entry.factor() + entry.addend()) & Values.MASK;
  }

  /** The entries up to one that can't be one, or to the first target, where a table ends. */
  private Verdict withoutBound(Instruction branch, Entry entry) {
    byte[] table = new byte[MOST];
    int readable = text.read(entry.at().base(), table);
    List<Long> targets = new ArrayList<>();
    long end = entry.at().base() + readable;
    int offset = 0;
    while (entry.at().base() + offset + entry.bytes() <= end) {
      long target = target(entry, table, offset);
      if (!isInside(branch, target)) {
        break;
      }
      targets.add(target);
      boolean behind = plain(branch, target) >= entry.at().base();
      end = behind ? Math.min(end, plain(branch, target)) : end;
      offset += (int) entry.at().stride();
    }
    AddressRange place = AddressRange.ofLength(entry.at().base(), Math.max(offset, 1));
    return seemingly(branch, targets, place);
  }

  private boolean isInside(Instruction branch, long marked) {
    long target = plain(branch, marked);
    boolean inside = text.contains(target) && staysInSet(branch, marked) && text.isAligned(target);
    return inside || related.stream().anyMatch(range -> range.contains(target));
  }
}
