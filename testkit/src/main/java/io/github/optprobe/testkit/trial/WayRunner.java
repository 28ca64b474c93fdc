package io.github.optprobe.testkit.trial;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.text.TextException;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs a subject in one way from one state, and says how that ended as the program sees it. */
final class WayRunner {
  private static final int MOST_ROUNDS = 20_000;

  private final Architecture architecture;
  private final Executor executor;
  private final GateCheck gateCheck;

  WayRunner(Executor executor, GateCheck gateCheck) {
    this.architecture = executor.architecture();
    this.executor = executor;
    this.gateCheck = gateCheck;
  }

  /**
   * How a run under a probe ended.
   *
   * @param end why
   * @param complaint what was wrong on the way; empty if nothing was
   */
  record End(Ending end, String complaint) {
    static End of(Ending end) {
      return new End(end, "");
    }

    /** Whether it took too long, at the end or on the way. */
    boolean isLimit() {
      return end.kind() == Ending.Kind.LIMIT;
    }

    static End wrong(String complaint) {
      return new End(Ending.of(Ending.Kind.STEP), complaint);
    }
  }

  /** Writes what the way needs in its slots. The jump is patched by the caller. */
  void install(Way way) {
    if (way.hasCode()) {
      executor.write(way.code().start(), way.code().bytes());
    }
    way.detour()
        .flatMap(PreparedDetour::link)
        .ifPresent(link -> executor.write(link.start(), link.bytes()));
  }

  /**
   * Runs.
   *
   * @param state where it starts, and afterwards where it ended
   */
  End run(Way way, MachineState state) {
    MachineState start = state.copy();
    if (way.tier() == Tier.OPTIMIZED) {
      return jumped(way, state, start);
    }
    PreparedProbe probe = way.probe().orElseThrow();
    if (architecture.passes(probe, state)) {
      return End.of(executor.run(state));
    }
    return switch (way.tier()) {
      case EMULATED -> emulated(probe, state);
      case SINGLE_STEP -> stepped(probe, state);
      default -> {
        architecture.resume(probe, state);
        yield ended(executor.run(state), state, probe.copy(), probe);
      }
    };
  }

  private End emulated(PreparedProbe probe, MachineState state) {
    try {
      architecture.emulate(probe, state, executor.data());
    } catch (TextException fault) {
      return End.of(new Ending(Ending.Kind.DATA, 0, fault.address()));
    }
    return End.of(executor.run(state));
  }

  private End stepped(PreparedProbe probe, MachineState state) {
    architecture.resume(probe, state);
    for (int steps = 0; steps < MOST_ROUNDS; steps++) {
      Ending end = executor.step(state);
      if (end.kind() != Ending.Kind.STEP) {
        return ended(end, state, probe.copy(), probe);
      }
      if (architecture.stepped(probe, state)) {
        return End.of(executor.run(state));
      }
    }
    return End.wrong("still not complete after %d steps".formatted(MOST_ROUNDS));
  }

  private End jumped(Way way, MachineState state, MachineState start) {
    PreparedDetour detour = way.detour().orElseThrow();
    boolean passes = way.probe().map(probe -> passes(probe, start)).orElse(false);
    Ending end = executor.run(state);
    boolean reached = end.kind() == Ending.Kind.GATE;
    if (reached == passes && !end.isFault() && end.kind() != Ending.Kind.LIMIT) {
      return End.wrong(
          reached ? "the gate was called although the condition fails" : "the gate was not called");
    }
    String complaint = reached ? gateCheck.complaint(state, start) : "";
    for (int calls = 0; end.kind() == Ending.Kind.GATE && complaint.isEmpty(); calls++) {
      if (calls > MOST_ROUNDS) {
        return End.of(Ending.of(Ending.Kind.LIMIT));
      }
      gateCheck.clobber(state);
      executor.leaveGate(state);
      end = executor.run(state);
    }
    return complaint.isEmpty() ? ended(end, state, detour.buffer(), detour) : End.wrong(complaint);
  }

  private boolean passes(PreparedProbe probe, MachineState start) {
    return architecture.passes(probe, start.copy());
  }

  private End ended(Ending end, MachineState state, RelocatedCode code, PreparedProbe probe) {
    return ended(end, state, code, probe.address().value() + probe.original().length);
  }

  private End ended(Ending end, MachineState state, RelocatedCode code, PreparedDetour detour) {
    return ended(end, state, code, detour.window().last() + 1);
  }

  /** As the registry reports it: where it stopped in a copy is shown as the original address. */
  private End ended(Ending end, MachineState state, RelocatedCode code, long behind) {
    long pc = state.programCounter();
    Optional<Long> place = place(code, pc, behind);
    if (place.isEmpty()) {
      boolean lost = pc >= code.start() && pc < code.start() + code.bytes().length;
      return lost
          ? End.wrong("stopped behind the copy at +%d".formatted(pc - code.start()))
          : End.of(end);
    }
    if (end.isFault()) {
      code.repairFault(pc, state, executor.data());
    }
    state.setProgramCounter(place.get());
    return End.of(end);
  }

  private static Optional<Long> place(RelocatedCode code, long pc, long behind) {
    if (pc == code.end()) {
      return Optional.of(behind);
    }
    OptionalLong original = code.originalOf(pc);
    return original.isPresent() ? Optional.of(original.getAsLong()) : Optional.empty();
  }
}
