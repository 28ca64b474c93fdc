package io.github.optprobe.live;

import io.github.optprobe.PreHandler;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one probed address. Used under the router's lock. */
final class Site {
  /** What a program runs: nothing, Java, or these handlers by themselves. */
  sealed interface Work {
    /** No handler. */
    record Nothing() implements Work {}

    /** The registry decides. */
    record Java() implements Work {}

    /** Machine code; Java at most behind a filter. */
    record Compiled(List<PreHandler> handlers) implements Work {}
  }

  private final PreparedProbe probe;
  private Work work;
  private @Nullable PreparedDetour detour;
  private @Nullable Program trapProgram;
  private @Nullable Program jumpProgram;
  private boolean diverted;
  private final List<Program> steps = new ArrayList<>();
  private final List<Long> stepKeys = new ArrayList<>();

  Site(PreparedProbe probe, Work work) {
    this.probe = probe;
    this.work = work;
  }

  PreparedProbe probe() {
    return probe;
  }

  long address() {
    return probe.address().value();
  }

  Work work() {
    return work;
  }

  void setWork(Work newWork) {
    work = newWork;
  }

  /** What the enabled probes at an address come to. */
  static Work workOf(Tier trapTier, List<ProbeHandle> active, boolean mayCallJava) {
    if (trapTier != Tier.BOOSTED) {
      return new Work.Java();
    }
    if (active.isEmpty()) {
      return mayCallJava ? new Work.Java() : new Work.Nothing();
    }
    List<PreHandler> handlers = new ArrayList<>();
    for (ProbeHandle each : active) {
      PreHandler handler = Handlers.compilable(each.probe());
      if (handler == null) {
        return new Work.Java();
      }
      handlers.add(handler);
    }
    return new Work.Compiled(List.copyOf(handlers));
  }

  @Nullable PreparedDetour detour() {
    return detour;
  }

  void setDetour(PreparedDetour newDetour) {
    detour = newDetour;
  }

  boolean isDiverted() {
    return diverted;
  }

  void setDiverted(boolean now) {
    diverted = now;
  }

  @Nullable Program trapProgram() {
    return trapProgram;
  }

  void setTrapProgram(Program program) {
    trapProgram = program;
  }

  @Nullable Program jumpProgram() {
    return jumpProgram;
  }

  void setJumpProgram(Program program) {
    jumpProgram = program;
  }

  List<Program> steps() {
    return steps;
  }

  List<Long> stepKeys() {
    return stepKeys;
  }
}
