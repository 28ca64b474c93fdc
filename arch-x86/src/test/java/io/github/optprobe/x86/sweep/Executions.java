package io.github.optprobe.x86.sweep;

import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.SlotPool;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.OpcodeMap;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Executes what the architecture makes of a boundary: the copy of its instruction, its emulation,
 * its window in a detour buffer; each from a number of start states, step by step beside the
 * original.
 */
final class Executions {
  private static final Set<String> UNREPEATABLE = Set.of("rdtsc", "rdtscp", "rdrand", "rdseed");
  private static final int VECTORS_ANYWAY_EVERY = 16;

  private final X86_64 architecture;
  private final Sandbox sandbox;
  private final StartStates starts;
  private final int states;
  private final SweepTally tally;
  private final Runs runs;
  private final SlotPool slots;
  private final X86Decoder decoder = X86Decoder.for64Bit();

  Executions(
      X86_64 architecture, Sandbox sandbox, StartStates starts, int states, SweepTally tally) {
    this.architecture = architecture;
    this.sandbox = sandbox;
    this.starts = starts;
    this.states = states;
    this.tally = tally;
    runs = new Runs(sandbox);
    slots = new SlotPool(sandbox.target().text());
  }

  /**
   * What was executed at a boundary.
   *
   * @param window what is followed: the window, or the one instruction
   * @param runs the original ones, one for each start state
   */
  record Case(
      long address,
      AddressRange window,
      List<Instruction> instructions,
      boolean vectors,
      List<StartStates.StartState> states,
      List<List<Point>> runs) {
    boolean isUnrepeatable() {
      return instructions.stream().anyMatch(each -> UNREPEATABLE.contains(each.mnemonic()));
    }

    boolean pushesFlags() {
      return instructions.stream().anyMatch(each -> each.mnemonic().startsWith("pushf"));
    }

    Instruction at(long address) {
      return instructions.stream()
          .filter(each -> each.address() == address)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Executes all that a probeable address offers. */
  Case run(long address) {
    TextReader text = sandbox.target().text();
    Preparation preparation = new Preparation(X86_64.at(address), text, slots);
    PreparedProbe probe = architecture.prepare(preparation);
    Optional<WindowPlan> plan = plan(preparation);
    Instruction first = instruction(address);
    AddressRange window =
        plan.map(WindowPlan::window).orElse(AddressRange.ofLength(address, first.length()));
    Case each = originals(address, window);
    try {
      if (probe.tiers().contains(Tier.BOOSTED)) {
        copies(each, first, probe.copy());
      }
      if (probe.tiers().contains(Tier.EMULATED)) {
        emulations(each, first, probe);
      }
      if (plan.isPresent()) {
        windows(each, architecture.prepareDetour(plan.get(), preparation, gate()).buffer());
      }
    } finally {
      slots.free(probe.copy().slot());
    }
    bothWays(each, first);
    return each;
  }

  private Gate gate() {
    return Gate.at(sandbox.target().gate());
  }

  private Optional<WindowPlan> plan(Preparation preparation) {
    try {
      return Optional.of(architecture.planWindow(preparation));
    } catch (RefusedException noWindow) {
      return Optional.empty();
    }
  }

  private Case originals(long address, AddressRange window) {
    List<Instruction> instructions = new ArrayList<>();
    for (long at = address; window.contains(at); at += instruction(at).length()) {
      instructions.add(instruction(at));
    }
    instructions.stream()
        .filter(Instruction::ripRelative)
        .forEach(each -> sandbox.open(each.ripRelativeTarget()));
    boolean vectors =
        tally.get(SweepTally.Count.PROBED) % VECTORS_ANYWAY_EVERY == 0
            || instructions.stream().anyMatch(Executions::mayUseVectors);
    List<StartStates.StartState> from = starts.of(address, new AddressHints(instructions), states);
    List<List<Point>> originals = new ArrayList<>();
    for (StartStates.StartState state : from) {
      runs.begin(state, address, vectors);
      originals.add(runs.original(window));
    }
    return new Case(address, window, instructions, vectors, from, originals);
  }

  /** All but what is known to be about general registers. */
  private static boolean mayUseVectors(Instruction instruction) {
    if (instruction.encoding() != Encoding.LEGACY) {
      return true;
    }
    int opcode = instruction.opcode();
    if (instruction.opcodeMap() == OpcodeMap.ONE_BYTE) {
      return (opcode & 0xf8) == 0xd8 || opcode == 0x9b;
    }
    boolean general =
        opcode == 0x1e
            || opcode == 0x1f
            || (opcode & 0xf0) == 0x40
            || (opcode & 0xe0) == 0x80
            || (opcode >= 0xa0 && opcode <= 0xc1);
    return instruction.opcodeMap() != OpcodeMap.MAP_0F || !general;
  }

  private Instruction instruction(long address) {
    byte[] bytes = new byte[Instruction.MAX_LENGTH];
    int count = sandbox.target().text().read(address, bytes, 0, bytes.length);
    return (Instruction) decoder.decode(Arrays.copyOf(bytes, count), address);
  }

  // The copy.

  private void copies(Case each, Instruction first, RelocatedCode copy) {
    sandbox.target().writeBytes(copy.start(), copy.bytes());
    boolean executed = false;
    for (int i = 0; i < states; i++) {
      List<Point> expected = firstInstruction(each, each.runs.get(i));
      executed |= !last(expected).isFault();
      runs.begin(each.states.get(i), copy.entry(), each.vectors);
      compare(each, "copy", i, expected, runs.relocated(copy, expected.size()));
    }
    tally.countIf(executed, SweepTally.Count.COPIES_EXECUTED);
    tally.countIf(!executed, SweepTally.Count.COPIES_ONLY_FAULTED);
    if (!executed) {
      tally.onlyFaulted(first.mnemonic());
    }
  }

  /** Up to where the first instruction is left; a repeating one stays for a while. */
  private static List<Point> firstInstruction(Case each, List<Point> all) {
    int end = 1;
    while (end < all.size()
        && all.get(end - 1).address() == each.address
        && !all.get(end - 1).isFault()) {
      end++;
    }
    return all.subList(0, end);
  }

  private static Point last(List<Point> points) {
    return points.get(points.size() - 1);
  }

  // The emulation.

  private void emulations(Case each, Instruction first, PreparedProbe probe) {
    boolean compared = false;
    for (int i = 0; i < states; i++) {
      List<Point> expected = firstInstruction(each, each.runs.get(i));
      Point end = last(expected);
      if (end.isNoAddress()) {
        // The emulation goes there, and the next instruction faults instead.
        tally.count(SweepTally.Count.TO_NO_ADDRESS);
      } else if (end.isNoInstruction()) {
        tally.count(SweepTally.Count.NOT_ON_THIS_CPU);
      } else if (!end.isFault() && end.address() == each.address && isString(first)) {
        tally.count(SweepTally.Count.CUT_OFF);
      } else {
        runs.begin(each.states.get(i), each.address, each.vectors);
        boolean faulted = emulate(probe);
        Point now = runs.now();
        tally.count(SweepTally.Count.RUNS);
        if (faulted != end.isFault()) {
          tally.differs(where(each, "emulation", i), "fault: " + faulted + " / " + end.stop());
        } else {
          Point wanted =
              new Point(end.address(), now.stop(), end.general(), end.vectors(), end.memory());
          difference(each, "emulation", i, now.differencesTo(wanted, Exemption.NONE));
        }
        compared |= !faulted;
      }
    }
    tally.countIf(compared, SweepTally.Count.EMULATIONS_EXECUTED);
    tally.countIf(!compared, SweepTally.Count.EMULATIONS_ONLY_FAULTED);
  }

  private static boolean isString(Instruction instruction) {
    return instruction.category().equals("STRINGOP");
  }

  private boolean emulate(PreparedProbe probe) {
    try {
      architecture.emulate(probe, sandbox.target().registers(), sandbox.asCodeSeesIt());
      return false;
    } catch (TextException fault) {
      return true;
    }
  }

  // The window.

  private void windows(Case each, RelocatedCode buffer) {
    sandbox.target().writeBytes(buffer.start(), buffer.bytes());
    tally.count(SweepTally.Count.WINDOWS);
    boolean executed = false;
    for (int i = 0; i < states; i++) {
      List<Point> expected = each.runs.get(i);
      executed |= !each.window.contains(last(expected).address());
      runs.begin(each.states.get(i), buffer.entry(), each.vectors);
      compare(each, "window", i, expected, runs.relocated(buffer, expected.size()));
    }
    tally.countIf(executed, SweepTally.Count.WINDOWS_EXECUTED);
    tally.countIf(!executed, SweepTally.Count.WINDOWS_ONLY_FAULTED);
    slots.free(buffer.slot());
  }

  // Comparing.

  /** Both must have been at the same places, with the same state at each. */
  private void compare(
      Case each, String what, int state, List<Point> expected, List<Point> relocated) {
    tally.count(SweepTally.Count.RUNS);
    if (relocated.size() < expected.size() && !leftForItsStart(each, relocated)) {
      tally.differs(
          where(each, what, state), "%d of %d points".formatted(relocated.size(), expected.size()));
    }
    if (expected.size() == Runs.LIMIT) {
      tally.count(SweepTally.Count.CUT_OFF);
    }
    long from = each.address;
    for (int i = 0; i < Math.min(expected.size(), relocated.size()); i++) {
      Point wanted = expected.get(i);
      Exemption exemption = exemption(each.at(from), wanted);
      List<String> differences = relocated.get(i).differencesTo(wanted, exemption);
      tally.count(SweepTally.Count.POINTS);
      tally.countIf(wanted.isFault(), SweepTally.Count.FAULTS);
      if (each.isUnrepeatable() && wanted.address() == relocated.get(i).address()) {
        tally.count(SweepTally.Count.UNREPEATABLE);
      } else if (!differences.isEmpty()) {
        difference(each, what, state, differences);
        return;
      }
      from = wanted.address();
    }
  }

  /** A branch to the start of the window is a new hit, outside of the slot. */
  private static boolean leftForItsStart(Case each, List<Point> relocated) {
    return !relocated.isEmpty() && last(relocated).address() == each.address;
  }

  private Exemption exemption(Instruction instruction, Point after) {
    if (instruction.flow() != Flow.CALL_INDIRECT) {
      return Exemption.NONE;
    }
    tally.count(SweepTally.Count.CALLS_EXEMPT);
    if (after.isNoAddress() && after.address() == instruction.address()) {
      return Exemption.ofFaultingCall(after);
    }
    return after.isFault() ? Exemption.NONE : Exemption.ofCall(after);
  }

  private void difference(Case each, String what, int state, List<String> differences) {
    if (!differences.isEmpty()) {
      tally.differs(where(each, what, state), differences);
    }
  }

  private static String where(Case each, String what, int state) {
    return "+%x %s state %d %s"
        .formatted(each.address - Sandbox.BASE, what, state, each.instructions);
  }

  private void bothWays(Case each, Instruction first) {
    if (first.flow() != Flow.COND_RELATIVE || first.branchTarget() == first.nextAddress()) {
      return;
    }
    Set<Long> ways = new HashSet<>();
    each.runs.forEach(run -> ways.add(run.get(0).address()));
    tally.count(SweepTally.Count.CONDITIONAL);
    tally.countIf(ways.size() == 2, SweepTally.Count.CONDITIONAL_BOTH_WAYS);
  }
}
