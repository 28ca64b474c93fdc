package io.github.optprobe.testkit.protocol;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.CodeScan.Branch;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The code under test as it is without any patch: its instructions, and where they lead. */
final class OriginalCode {
  private final Architecture architecture;
  private final AddressRange range;
  private final byte[] bytes;
  private final long[] boundaries;
  private final List<Branch> branches;
  private final Map<Long, String> instructions = new HashMap<>();

  /**
   * Reads the code.
   *
   * @throws IllegalArgumentException if some of it does not decode
   */
  OriginalCode(Architecture architecture, long base, byte[] bytes) {
    this.architecture = architecture;
    this.bytes = bytes.clone();
    range = AddressRange.ofLength(base, bytes.length);
    CodeScan scan = architecture.scan(ByteArrayText.at(base, bytes.clone()), range);
    scan.firstUndecodable()
        .ifPresent(
            at -> {
              throw new IllegalArgumentException("nothing decodes at 0x%x".formatted(at));
            });
    boundaries = scan.boundaries();
    branches = scan.branchesInto(range);
    for (long boundary : boundaries) {
      instructions.put(boundary, Step.hex(bytes, offset(boundary), lengthAt(boundary)));
    }
  }

  long base() {
    return range.first();
  }

  AddressRange range() {
    return range;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  long[] boundaries() {
    return boundaries.clone();
  }

  boolean isBoundary(long address) {
    return Arrays.binarySearch(boundaries, address) >= 0;
  }

  int offset(long address) {
    return (int) (address - range.first());
  }

  /** The length of the instruction that starts there, in bytes; 0 if none does. */
  int lengthAt(long boundary) {
    int index = Arrays.binarySearch(boundaries, boundary);
    if (index < 0) {
      return 0;
    }
    long next = index + 1 < boundaries.length ? boundaries[index + 1] : range.last() + 1;
    return (int) (next - boundary);
  }

  /** The first instruction at or behind an address; the end of the code if there is none. */
  long boundaryFrom(long address) {
    int index = Arrays.binarySearch(boundaries, address);
    int at = index < 0 ? -index - 1 : index;
    return at < boundaries.length ? boundaries[at] : range.last() + 1;
  }

  /** The instruction that starts there, as hex. */
  String instructionAt(long boundary) {
    return Objects.requireNonNull(instructions.get(boundary));
  }

  /** Where execution goes on in this code after the instruction at a boundary. */
  List<Long> successors(long boundary) {
    List<Long> next = new ArrayList<>();
    next.add(boundary + lengthAt(boundary));
    branches.stream().filter(each -> each.from() == boundary).forEach(each -> next.add(each.to()));
    return next.stream().filter(this::isBoundary).toList();
  }

  /** Whether a whole breakpoint stands at the beginning of what was fetched. */
  boolean isBreakpoint(byte[] fetched, long address) {
    return architecture.isBreakpoint(reader(fetched, address), address);
  }

  /** Where the first branch in what was fetched leads to, if it leads out of the code. */
  OptionalLong leadsTo(byte[] fetched, long address) {
    AddressRange there = AddressRange.ofLength(address, fetched.length);
    return architecture.scan(reader(fetched, address), there).branchesOut().stream()
        .filter(branch -> branch.from() == address && !range.contains(branch.to()))
        .mapToLong(Branch::to)
        .findFirst();
  }

  /** What was fetched, as a disassembler reads it. */
  String disassemble(byte[] fetched, long address) {
    return architecture
        .disassemble(reader(fetched, address), AddressRange.ofLength(address, fetched.length))
        .stream()
        .map(InstructionText::text)
        .collect(Collectors.joining("; "));
  }

  int breakpointBytes() {
    return architecture.breakpoint().length;
  }

  private static TextReader reader(byte[] fetched, long address) {
    return (from, into, offset, length) -> {
      long at = from - address;
      if (at < 0 || at >= fetched.length) {
        return 0;
      }
      int count = Math.min(length, fetched.length - (int) at);
      System.arraycopy(fetched, (int) at, into, offset, count);
      return count;
    };
  }

  String setName() {
    return architecture.instructionSet().name();
  }
}
