package io.github.optprobe.internal;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The one place that writes text where probes stand. Each method leaves text and {@link TextState}
 * in agreement, whether it succeeds or throws. Used under the registry's lock.
 */
final class Patcher {
  private final TextMemory text;
  private final Reporter reporter;

  Patcher(TextMemory text, Reporter reporter) {
    this.text = text;
    this.reporter = reporter;
  }

  void arm(Aggregate probe) {
    TextState before = probe.text();
    // Before the store: a CPU that traps must find out that it is ours.
    probe.setText(TextState.BREAKPOINT);
    try {
      probe.architecture().arm(List.of(probe.prepared()), text);
      probe.setUnsure(false);
    } catch (TextException failure) {
      if (PokeSequence.isTextAsBefore(failure)) {
        probe.setText(before);
      } else {
        probe.setUnsure(true);
      }
      throw failure;
    }
  }

  void disarm(Aggregate probe) {
    try {
      probe.architecture().disarm(List.of(probe.prepared()), text);
    } catch (TextException failure) {
      probe.setUnsure(probe.isUnsure() || !PokeSequence.isTextAsBefore(failure));
      throw failure;
    }
    probe.setUnsure(false);
    probe.setText(TextState.ORIGINAL);
  }

  /** Writes jumps over breakpoints; all or none. */
  void optimize(Collection<Aggregate> probes) {
    poke(probes, Architecture::optimize, TextState.JUMP);
    probes.forEach(probe -> reporter.optimized(probe.address()));
  }

  /** Writes breakpoints over jumps; all or none. */
  void unoptimize(Collection<Aggregate> probes) {
    poke(probes, Architecture::unoptimize, TextState.BREAKPOINT);
    probes.forEach(probe -> reporter.unoptimized(probe.address()));
  }

  private void poke(Collection<Aggregate> probes, Poke poke, TextState result) {
    probes.forEach(probe -> probe.setDiverting(true));
    boolean known = true;
    try {
      pokeByArchitecture(probes, poke, result);
    } catch (TextException failure) {
      known = PokeSequence.isTextAsBefore(failure);
      throw failure;
    } finally {
      if (known) {
        probes.forEach(probe -> probe.setDiverting(false));
      } else {
        // Somewhere on the way between breakpoint and jump: both lead into the buffer until the
        // way back from a jump has been gone from its beginning.
        probes.forEach(probe -> probe.setText(TextState.JUMP));
      }
    }
  }

  private void pokeByArchitecture(Collection<Aggregate> probes, Poke poke, TextState result) {
    List<Aggregate> done = new ArrayList<>();
    for (var group : byArchitecture(probes).entrySet()) {
      try {
        poke.apply(group.getKey(), detours(group.getValue()), text);
      } catch (TextException failure) {
        takeBack(done, result, failure);
        throw failure;
      }
      group.getValue().forEach(probe -> probe.setText(result));
      done.addAll(group.getValue());
    }
  }

  /** Only where one batch mixes instruction sets: each of them is all or nothing by itself. */
  private void takeBack(List<Aggregate> done, TextState result, TextException failure) {
    boolean wereOptimized = result == TextState.BREAKPOINT;
    Poke back = wereOptimized ? Architecture::optimize : Architecture::unoptimize;
    TextState before = wereOptimized ? TextState.JUMP : TextState.BREAKPOINT;
    for (var group : byArchitecture(done).entrySet()) {
      try {
        back.apply(group.getKey(), detours(group.getValue()), text);
        group.getValue().forEach(probe -> probe.setText(before));
      } catch (TextException again) {
        failure.addSuppressed(again);
      }
    }
  }

  private static Map<Architecture, List<Aggregate>> byArchitecture(Collection<Aggregate> probes) {
    Map<Architecture, List<Aggregate>> groups = new LinkedHashMap<>();
    for (Aggregate probe : probes) {
      groups.computeIfAbsent(probe.architecture(), unused -> new ArrayList<>()).add(probe);
    }
    return groups;
  }

  private static List<PreparedDetour> detours(List<Aggregate> probes) {
    return probes.stream().map(probe -> Objects.requireNonNull(probe.detour())).toList();
  }

  private interface Poke {
    void apply(Architecture architecture, List<PreparedDetour> detours, TextMemory text);
  }
}
