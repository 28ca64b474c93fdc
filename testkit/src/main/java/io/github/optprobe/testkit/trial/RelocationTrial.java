package io.github.optprobe.testkit.trial;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.IndeterminateResults;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.StartStates;
import io.github.optprobe.testkit.execute.StateDiff;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Executes code without a probe and under a probe in every way that its architecture offers, from
 * seeded start states, and says what differs: registers, memory, how it ended, and what handlers
 * saw.
 *
 * <p>Nothing is expected by hand: the original run is the expectation. Not thread-safe; each thread
 * has a trial and an executor of its own.
 */
public final class RelocationTrial {
  private static final int CHANCES = 12;

  private final Architecture architecture;
  private final Executor executor;
  private final TrialSettings settings;
  private final Playground playground;
  private final List<SlotArena> arenas;
  private final Offers offers;
  private final StartStates starts;
  private final WayRunner runner;
  private final Suspicion suspicion;
  private final int redZone;

  /**
   * Creates a trial, which maps the executor's memory.
   *
   * @param executor with nothing mapped
   */
  public RelocationTrial(Executor executor, TrialSettings settings) {
    this.architecture = executor.architecture();
    this.executor = executor;
    this.settings = settings;
    playground = new Playground(executor, settings.seed());
    arenas =
        settings.distances(architecture.instructionSet()).stream()
            .map(distance -> new SlotArena(executor, distance))
            .toList();
    offers = new Offers(architecture, playground, Gate.at(executor.gate()));
    starts = new StartStates(executor, settings.seed(), playground.places());
    runner = new WayRunner(executor, new GateCheck(executor, settings.clobberedBy(architecture)));
    redZone = settings.redZoneOf(architecture);
    suspicion = new Suspicion(executor, playground, redZone, this::isSlot);
  }

  private boolean isSlot(long address) {
    return arenas.stream().anyMatch(arena -> arena.holds(address));
  }

  /** Whether bytes are whole instructions of the architecture, so that a trial says something. */
  public boolean isCode(byte[] code) {
    return place(code).isCode();
  }

  /**
   * Puts code where it is tried.
   *
   * @param code whole instructions, at least one byte and at most a page
   */
  public Subject place(byte[] code) {
    playground.writeSubject(code);
    return Subject.of(architecture, playground, code);
  }

  /** What the architecture offers for it, and what it refuses. Nothing is executed. */
  public Offer offer(Subject subject) {
    return offers.of(subject, arenas);
  }

  /**
   * Tries code.
   *
   * @param code whole instructions, the first of which is probed
   * @param firstState the number of the first start state
   * @param states how many start states
   */
  public TrialResult run(byte[] code, long firstState, int states) {
    Subject subject = place(code);
    return new Attempt(subject, offer(subject)).run(firstState, states);
  }

  /** Makes data, stack and what is in no state as they are at the start of each run. */
  public void restoreMemory() {
    playground.restore();
  }

  /** A start state, at the code that was placed. */
  public MachineState startState(long number) {
    return starts.of(number, Playground.SUBJECT);
  }

  /** How often a run from a state executes the instruction at an address. */
  public long executions(MachineState state, long address) {
    return executor.trace(state).timesAt(address);
  }

  /** One subject, in all its ways. */
  private final class Attempt {
    private final Subject subject;
    private final Offer offer;
    private final long[] meant;
    private final Map<Tier, Integer> cases = new EnumMap<>(Tier.class);
    private final Map<Ending.Kind, Integer> endings = new EnumMap<>(Ending.Kind.class);
    private final Map<Exclusion, Integer> excluded = new EnumMap<>(Exclusion.class);
    private final List<TrialDifference> differences = new ArrayList<>();
    private final List<Outcome> originals = new ArrayList<>();

    Attempt(Subject subject, Offer offer) {
      this.subject = subject;
      this.offer = offer;
      IndeterminateResults masks = settings.masks();
      String set = architecture.instructionSet().name();
      meant = masks.meantBits(set, subject.lines(), architecture.registers());
    }

    TrialResult run(long firstState, int states) {
      if (offer.isProbed()) {
        runOriginals(firstState, states);
        if (!originals.isEmpty()) {
          offer.ways().forEach(way -> runWay(way, firstState));
        }
      }
      return new TrialResult(offer, cases, endings, excluded, differences);
    }

    private void runOriginals(long firstState, int states) {
      for (int i = 0; i < states; i++) {
        playground.restore();
        MachineState start = starts.of(firstState + i, subject.address().value());
        MachineState state = start.copy();
        Ending end = executor.run(state);
        endings.merge(end.kind(), 1, Integer::sum);
        if (end.kind() == Ending.Kind.LIMIT) {
          // Others may loop as well, and each takes its time.
          excluded.merge(Exclusion.LOOPS, states - i, Integer::sum);
          return;
        }
        originals.add(new Outcome(start, state, end, playground.image()));
      }
    }

    private void runWay(Way way, long firstState) {
      runner.install(way);
      Optional<PreparedDetour> jump = way.detour();
      jump.ifPresent(detour -> playground.patch(detour.address().value(), detour.jump()));
      try {
        boolean same = true;
        for (int i = 0; same && i < originals.size(); i++) {
          same = runOne(way, originals.get(i), firstState + i, jump);
        }
      } finally {
        jump.ifPresent(detour -> restoreCode());
      }
    }

    /** From the code itself: what a detour says that it replaces may be wrong. */
    private void restoreCode() {
      playground.patch(subject.address().value(), HexFormat.of().parseHex(subject.hex()));
    }

    /** Whether it was the same; one difference says enough about a way. */
    private boolean runOne(Way way, Outcome original, long number, Optional<PreparedDetour> jump) {
      MachineState state = original.start().copy();
      WayRunner.End ended = runProbed(way, original, state);
      StateDiff diff = compare(original, ended.end(), state);
      if (ended.complaint().isEmpty() && diff.isEmpty()) {
        cases.merge(way.tier(), 1, Integer::sum);
        return true;
      }
      Optional<Exclusion> excuse = excuse(way, original, ended.end(), diff, jump);
      if (excuse.isPresent()) {
        excluded.merge(excuse.get(), 1, Integer::sum);
        return true;
      }
      cases.merge(way.tier(), 1, Integer::sum);
      differences.add(
          new TrialDifference(
              subject, way, number, settings.seed(), original.end(), ended.complaint(), diff));
      return false;
    }

    /**
     * A machine that was busy elsewhere makes a run too long that is not: it gets other chances.
     */
    private WayRunner.End runProbed(Way way, Outcome original, MachineState state) {
      WayRunner.End ended = WayRunner.End.of(Ending.of(Ending.Kind.LIMIT));
      for (int i = 0; i < CHANCES && ended.isLimit(); i++) {
        playground.restore();
        state.set(original.start());
        ended = runner.run(way, state);
      }
      return ended;
    }

    private Optional<Exclusion> excuse(
        Way way, Outcome original, Ending ended, StateDiff diff, Optional<PreparedDetour> jump) {
      AddressRange patched = jump.map(PreparedDetour::window).orElse(probedInstruction());
      jump.ifPresent(detour -> restoreCode());
      Optional<Exclusion> excuse = suspicion.about(subject, way, original, ended, diff, patched);
      jump.ifPresent(detour -> playground.patch(detour.address().value(), detour.jump()));
      return excuse;
    }

    private AddressRange probedInstruction() {
      return AddressRange.ofLength(subject.address().value(), subject.lines().get(0).length());
    }

    private StateDiff compare(Outcome original, Ending end, MachineState state) {
      MachineState wanted = original.state();
      StateDiff.MeantBits bits =
          register -> meant[register] & executor.meantBits(register, original.end());
      StateDiff diff = StateDiff.none();
      if (!same(wanted, state, bits)) {
        diff = StateDiff.between(original.start(), wanted, state, bits, subject.address().value());
      }
      if (!end.isLike(original.end()) || wentElsewhere(original.end(), end)) {
        diff = diff.and(new StateDiff.Row("end", "", original.end().toString(), end.toString()));
      }
      return withMemory(diff, original);
    }

    /**
     * Most branches of random code lead to where nothing is mapped, and there they are told apart.
     */
    private static boolean wentElsewhere(Ending original, Ending end) {
      return end.kind() == Ending.Kind.FETCH && end.address() != original.address();
    }

    private boolean same(MachineState wanted, MachineState state, StateDiff.MeantBits bits) {
      for (int i = 0; i < wanted.file().size(); i++) {
        if (((wanted.get(i) ^ state.get(i)) & bits.of(i)) != 0) {
          return false;
        }
      }
      return wanted.sameWide(state);
    }

    private StateDiff withMemory(StateDiff diff, Outcome original) {
      long before = original.start().stackPointer();
      long after = original.state().stackPointer();
      // What was taken off the stack is dead too; a stack pointer that leads elsewhere says
      // nothing.
      boolean popped = after > before && after - before < Playground.STACK_BYTES;
      long live = (popped ? after : before) - redZone;
      long at = playground.firstDifference(original.memory(), live);
      return at == 0
          ? diff
          : diff.and(
              new StateDiff.Row(
                  "mem %x".formatted(at),
                  "%02x".formatted(playground.contentAt(at)),
                  "%02x".formatted(playground.byteAt(original.memory(), at)),
                  "%02x".formatted(playground.byteAt(at)),
                  OptionalLong.of(at)));
    }
  }
}
