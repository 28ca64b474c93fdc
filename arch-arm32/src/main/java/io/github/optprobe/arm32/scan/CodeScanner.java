package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.CodeScan.IndirectJump;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.JumpTargets.Verdict;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the instructions of a function by following its control flow, because literal pools and
 * jump tables lie between them, and notes where control may go. Immutable and thread-safe.
 *
 * <ul>
 *   <li>A boundary is where a path from an entry leads. Bytes that no path leads to are none: data,
 *       or code that is entered in a way that nobody told of. What may be a branch there is noted
 *       as one all the same.
 *   <li>Undecodable, and so no boundary, is where a path leads to what is no instruction, to bytes
 *       that are loaded as data too, into another instruction, into an IT block from outside, or to
 *       what may be somebody's breakpoint; and where what is behind a call may be data.
 *   <li>A branch is each one with a constant target, calls included; what a table that is proven,
 *       or seems to be one, holds; and each address in the function that it computes or loads from
 *       between its instructions.
 *   <li>An indirect jump is each branch to where a register or memory says that is neither a call,
 *       nor a return, nor proven. {@code bx lr} is a return if LR holds what the caller left there,
 *       or what was popped; {@code pop {pc}} and its kin always are.
 *   <li>An instruction that computes the address of bytes that are neither reached nor loaded is
 *       noted as a computed jump: somebody may go there.
 * </ul>
 */
public final class CodeScanner {
  private final ArmDecoder decoder;

  /**
   * Creates a scanner.
   *
   * @param decoder tells the instruction set: all of what is scanned is in it
   */
  public CodeScanner(ArmDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Scans a range that is entered at its start only.
   *
   * @param original the text as it is without any probe
   * @param range not empty, not above 2³¹-1 bytes
   * @throws IllegalArgumentException if it is
   */
  public CodeScan scan(TextReader original, AddressRange range) {
    return scan(original, new ScanScope(range, List.of(), List.of()));
  }

  /**
   * Scans a function that is entered at its start and at the entries of the scope. Entries outside
   * the function are of no interest.
   *
   * @param original the text as it is without any probe
   * @throws IllegalArgumentException as the method above
   */
  public CodeScan scan(TextReader original, ScanScope scope) {
    CodeScan.Builder found = CodeScan.of(scope.body());
    FunctionText text = new FunctionText(decoder, original, scope.body());
    new Report(text, new Settled(text, scope)).writeTo(found);
    return found.build();
  }

  /** What becomes of one walk. */
  private static final class Report {
    private final Settled settled;
    private final Map<Long, Node> nodes;
    private final Map<Long, Instruction> possible;
    private final SortedSet<Long> undecodable;
    private final Map<Long, IndirectJump> indirectJumps = new TreeMap<>();

    Report(FunctionText text, Settled settled) {
      this.settled = settled;
      nodes = settled.nodes();
      possible = new Gaps(text, settled).possible();
      undecodable = settled.doubtful();
    }

    void writeTo(CodeScan.Builder found) {
      findOverlaps();
      nodes.values().forEach(node -> note(node, found));
      possible.values().stream()
          .filter(Instruction::hasBranchTarget)
          .forEach(each -> found.branch(each.address(), each.branchTarget()));
      indirectJumps.forEach(found::indirectJump);
      undecodable.forEach(found::undecodable);
    }

    /** Two paths that take the same bytes for different instructions. */
    private void findOverlaps() {
      Node last = null;
      for (Node node : nodes.values()) {
        if (last != null && last.bytes().overlaps(node.bytes())) {
          undecodable.add(last.instruction().address());
          undecodable.add(node.instruction().address());
        }
        last = node;
      }
    }

    private void note(Node node, CodeScan.Builder found) {
      Instruction instruction = node.instruction();
      long address = instruction.address();
      if (node.flow() == Flow.UNKNOWN) {
        undecodable.add(address);
        return;
      }
      if (!undecodable.contains(address)) {
        found.instruction(address);
      }
      if (instruction.hasBranchTarget()) {
        found.branch(address, instruction.branchTarget());
      }
      Verdict verdict = settled.walk().verdicts().get(address);
      if (verdict != null) {
        verdict.unproven().ifPresent(kind -> indirectJumps.put(address, kind));
        verdict.targets().forEach(to -> found.indirectBranch(address, to));
      }
      settled
          .walk()
          .addressesTaken()
          .getOrDefault(address, new TreeSet<>())
          .forEach(to -> noteAddress(address, to, found));
    }

    private void noteAddress(long from, long to, CodeScan.Builder found) {
      found.indirectBranch(from, to);
      boolean known = nodes.containsKey(to) || settled.walk().data().contains(to);
      if (!known && !isInTable(to)) {
        indirectJumps.put(from, IndirectJump.COMPUTED);
      }
    }

    /** Whether a branch through a table there is noted anyway. */
    private boolean isInTable(long address) {
      return settled.walk().verdicts().values().stream()
          .map(Verdict::table)
          .anyMatch(table -> table != null && table.contains(address));
    }
  }
}
