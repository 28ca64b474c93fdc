package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.CodeScan.IndirectJump;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.JumpTargets.Verdict;
import io.github.optprobe.arm32.scan.Value.Numbers;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows control flow through a function from where it is entered, and what is known of the
 * registers along with it, until nothing changes.
 *
 * <p>Why a proven table is proven: at the entries nothing is assumed, along each edge {@link
 * Transfer} keeps what the manual says, where ways meet the union is kept. So if all edges are
 * known, every state that an execution can have is in the set found. The edges are the direct
 * branches, and for an indirect branch the targets that its value has in the state found; these are
 * followed until there is no new one. A landing between a comparison and the jump through a table,
 * found later, joins its state and takes the bound away.
 *
 * <p>Taken for granted: what lies between instructions does not change, calls return behind
 * themselves or not at all, keep the registers that the procedure call standard says, and the
 * function is entered at its entries only.
 */
final class Walk implements Transfer.Notes {
  private static final int MOST_STEPS_PER_UNIT = 64;

  private final FunctionText text;
  private final Set<Long> notReturning;
  private final DataMap data;
  private final JumpTargets targets;
  private final Transfer transfer;

  private final SortedMap<Long, Node> nodes = new TreeMap<>();
  private final SortedSet<Long> work = new TreeSet<>();
  private final SortedMap<Long, Verdict> verdicts = new TreeMap<>();
  private final SortedMap<Long, SortedSet<Long>> addressesTaken = new TreeMap<>();
  private final SortedSet<Long> landings = new TreeSet<>();
  private final SortedSet<Long> undecodable = new TreeSet<>();
  private long stepsLeft;

  /**
   * Creates it.
   *
   * @param notReturning addresses of calls that do not return
   */
  Walk(FunctionText text, ScanScope scope, Set<Long> notReturning) {
    this.text = text;
    this.notReturning = notReturning;
    data = new DataMap(text.body());
    targets = new JumpTargets(text, scope.related(), data);
    transfer = new Transfer(text, this);
    stepsLeft = 1024 + text.body().length() * MOST_STEPS_PER_UNIT;
    enter(Node.ENTRY, scope.body().first(), ItState.OUTSIDE, State.atEntry());
    scope.entries().forEach(this::land);
  }

  /** Follows all paths; whether it came to an end before it took too long. */
  boolean run() {
    while (!work.isEmpty() && stepsLeft-- > 0) {
      // The lowest first: ways mostly lead upwards, so that most are known where they meet.
      long address = work.first();
      work.remove(address);
      step(Objects.requireNonNull(nodes.get(address)));
    }
    return work.isEmpty();
  }

  /** What was reached, by address. */
  SortedMap<Long, Node> nodes() {
    return nodes;
  }

  DataMap data() {
    return data;
  }

  /** What became of the indirect branches. */
  SortedMap<Long, Verdict> verdicts() {
    return verdicts;
  }

  /** The addresses in the function that its instructions compute. */
  SortedMap<Long, SortedSet<Long>> addressesTaken() {
    return addressesTaken;
  }

  /** Where no instruction can be, or only different ones for different paths. */
  SortedSet<Long> undecodable() {
    return undecodable;
  }

  // Ways.

  /** Somebody unknown comes here. */
  private void land(long address) {
    landings.add(address);
    enter(Node.ENTRY, address, ItState.OUTSIDE, State.unknown());
  }

  private void enter(long from, long to, ItState it, State state) {
    if (!text.contains(to)) {
      return;
    }
    Node node = nodes.get(to);
    if (node == null) {
      node = decoded(to, it, landings.contains(to) ? State.unknown() : state.copy());
    } else if (!node.instruction().it().equals(it)) {
      // Into the middle of an IT block: unpredictable, or not what is executed.
      undecodable.add(to);
      return;
    } else if (node.join(state)) {
      work.add(to);
    }
    if (node != null) {
      connect(from, node);
    }
  }

  private void connect(long from, Node to) {
    to.before().add(from);
    Node source = nodes.get(from);
    if (source != null) {
      source.behind().add(to.instruction().address());
    }
  }

  private @Nullable Node decoded(long address, ItState it, State state) {
    if (!text.isAligned(address) || !(text.decode(address, it) instanceof Instruction found)) {
      undecodable.add(address);
      return null;
    }
    Node node = new Node(found, state);
    nodes.put(address, node);
    work.add(address);
    return node;
  }

  private void step(Node node) {
    Instruction instruction = node.instruction();
    Condition condition = instruction.condition();
    boolean always = condition == Condition.AL;
    State taken = node.state().copy();
    State skipped = node.state().copy();
    boolean mayBeTaken = always || taken.assume(condition);
    boolean mayBeSkipped =
        Flow.mayBeSkipped(instruction) && (always || skipped.assume(condition.negated()));
    if (mayBeTaken) {
      take(node, taken);
    }
    if (mayBeSkipped) {
      goOn(instruction, skipped);
    }
  }

  private void take(Node node, State state) {
    Instruction instruction = node.instruction();
    switch (node.flow()) {
      case NEXT -> {
        transfer.apply(instruction, state);
        goOn(instruction, state);
      }
      case JUMP -> jump(instruction, state);
      case CALL -> call(instruction, state);
      case INDIRECT -> indirect(instruction, state);
      case TRAP, UNKNOWN -> {}
    }
  }

  private void goOn(Instruction instruction, State state) {
    enter(instruction.address(), instruction.nextAddress(), instruction.nextIt(), state);
  }

  private void jump(Instruction instruction, State state) {
    long target = instruction.branchTarget();
    if (text.contains(target)) {
      enter(instruction.address(), target, ItState.OUTSIDE, state);
    } else {
      comesBack(instruction, state);
    }
  }

  /** Whether a branch that leaves is a call, because the link register leads right behind it. */
  private boolean comesBack(Instruction instruction, State state) {
    if (!(state.get(State.LR) instanceof Numbers link && link.isConstant())) {
      return false;
    }
    long back = link.base() & ~1L;
    long distance = back - instruction.nextAddress();
    boolean behind = distance == 0 || distance == Short.BYTES;
    boolean marked = (link.base() & 1) == (text.set() == ArmSet.T32 ? 1 : 0);
    if (!behind || !marked || !text.contains(back)) {
      return false;
    }
    state.call();
    if (!notReturning.contains(instruction.address())) {
      enter(instruction.address(), back, ItState.OUTSIDE, state);
    }
    return true;
  }

  private void call(Instruction instruction, State state) {
    if (instruction.hasBranchTarget()) {
      enterCallee(instruction);
    }
    if (instruction.verdict().isRefused()) {
      state.callSupervisor();
    } else {
      state.call();
    }
    if (!notReturning.contains(instruction.address())) {
      goOn(instruction, state);
    }
  }

  /** A call into the middle of the function itself; one of its start is another entry like any. */
  private void enterCallee(Instruction instruction) {
    long callee = instruction.branchTarget();
    if (!text.contains(callee)) {
      return;
    }
    if (instruction.treatment() == Treatment.CALL_EXCHANGE) {
      // Code of the other set within the function: nothing is known of what it does.
      verdicts.put(instruction.address(), Verdict.unproven(IndirectJump.COMPUTED));
    } else if (callee != text.body().first()) {
      enter(instruction.address(), callee, ItState.OUTSIDE, State.unknown());
    }
  }

  private void indirect(Instruction instruction, State state) {
    Value target = transfer.target(instruction, state);
    transfer.apply(instruction, state);
    Verdict verdict = targets.of(instruction, target, state);
    boolean leaves =
        verdict.unproven().isPresent() || verdict.targets().stream().noneMatch(text::contains);
    if (leaves && !target.equals(Value.RETURN) && comesBack(instruction, state)) {
      verdict = new Verdict(Optional.empty(), verdict.targets(), null);
    }
    verdicts.put(instruction.address(), verdict);
    if (verdict.isProven()) {
      if (verdict.table() != null) {
        data.add(instruction.address(), verdict.table().first(), verdict.table().length());
      }
      verdict.targets().forEach(to -> enter(instruction.address(), to, ItState.OUTSIDE, state));
    }
  }

  // Notes.

  @Override
  public void accesses(Instruction instruction, long first, long length) {
    data.add(instruction.address(), first, length);
  }

  @Override
  public void takesAddress(Instruction instruction, long address) {
    long plain = address & ~1L;
    if (!text.contains(plain) || !text.isAligned(plain)) {
      return;
    }
    addressesTaken.computeIfAbsent(instruction.address(), unused -> new TreeSet<>()).add(plain);
    if (landings.add(plain)) {
      Node node = nodes.get(plain);
      // Nobody branches into an IT block: there it is a number and no address.
      if (node != null && !node.instruction().it().inBlock()) {
        enter(Node.ENTRY, plain, ItState.OUTSIDE, State.unknown());
      }
    }
  }
}
