package io.github.optprobe.internal;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The one place that writes text where probes stand. Each method is all or nothing for the probes
 * that it is given, and leaves text and {@link TextState} in agreement, whether it succeeds or
 * throws. Used under the registry's lock.
 */
final class Patcher {
  private final TextMemory text;
  private final Reporter reporter;

  Patcher(TextMemory text, Reporter reporter) {
    this.text = text;
    this.reporter = reporter;
  }

  /** Writes breakpoints over the original text, or over what a failure has left. */
  void arm(Collection<Aggregate> probes) {
    byArchitecture(probes, this::armAll, this::disarmAll);
  }

  /** Writes the original text over breakpoints. */
  void disarm(Collection<Aggregate> probes) {
    byArchitecture(probes, this::disarmAll, this::armAll);
  }

  /** Writes jumps over breakpoints. */
  void optimize(Collection<Aggregate> probes) {
    poke(probes, this::optimizeAll, this::unoptimizeAll);
    probes.forEach(probe -> reporter.optimized(probe.address()));
  }

  /** Writes breakpoints over jumps. */
  void unoptimize(Collection<Aggregate> probes) {
    poke(probes, this::unoptimizeAll, this::optimizeAll);
    probes.forEach(probe -> reporter.unoptimized(probe.address()));
  }

  private void armAll(Architecture architecture, List<Aggregate> probes) {
    boolean[] wasOriginal = new boolean[probes.size()];
    for (int i = 0; i < wasOriginal.length; i++) {
      wasOriginal[i] = probes.get(i).text() == TextState.ORIGINAL;
      // Before the store: a CPU that traps must find out that it is ours.
      probes.get(i).setText(TextState.BREAKPOINT);
    }
    try {
      architecture.arm(prepared(probes), text);
      probes.forEach(probe -> probe.setUnsure(false));
    } catch (TextException failure) {
      for (int i = 0; i < wasOriginal.length; i++) {
        armFailed(probes.get(i), wasOriginal[i], failure.isTextAsBefore());
      }
      throw failure;
    }
  }

  private static void armFailed(Aggregate probe, boolean wasOriginal, boolean known) {
    if (!known) {
      probe.setUnsure(true);
    } else if (wasOriginal) {
      probe.setText(TextState.ORIGINAL);
    }
  }

  private void disarmAll(Architecture architecture, List<Aggregate> probes) {
    try {
      architecture.disarm(prepared(probes), text);
    } catch (TextException failure) {
      boolean lost = !failure.isTextAsBefore();
      probes.forEach(probe -> probe.setUnsure(probe.isUnsure() || lost));
      throw failure;
    }
    for (Aggregate probe : probes) {
      probe.setUnsure(false);
      probe.setText(TextState.ORIGINAL);
    }
  }

  private void optimizeAll(Architecture architecture, List<Aggregate> probes) {
    architecture.optimize(detours(probes), text);
    probes.forEach(probe -> probe.setText(TextState.JUMP));
  }

  private void unoptimizeAll(Architecture architecture, List<Aggregate> probes) {
    architecture.unoptimize(detours(probes), text);
    probes.forEach(probe -> probe.setText(TextState.BREAKPOINT));
  }

  private static void poke(Collection<Aggregate> probes, Change change, Change back) {
    probes.forEach(probe -> probe.setDiverting(true));
    boolean known = true;
    try {
      byArchitecture(probes, change, back);
    } catch (TextException failure) {
      known = failure.isTextAsBefore();
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

  private static void byArchitecture(Collection<Aggregate> probes, Change change, Change back) {
    Map<Architecture, List<Aggregate>> done = new LinkedHashMap<>();
    for (var group : groups(probes).entrySet()) {
      try {
        change.apply(group.getKey(), group.getValue());
      } catch (TextException failure) {
        takeBack(done, back, failure);
        throw failure;
      }
      done.put(group.getKey(), group.getValue());
    }
  }

  /** Only where one batch mixes instruction sets: each of them is all or nothing by itself. */
  private static void takeBack(
      Map<Architecture, List<Aggregate>> done, Change back, TextException failure) {
    for (var group : done.entrySet()) {
      try {
        back.apply(group.getKey(), group.getValue());
      } catch (TextException again) {
        failure.notTakenBack(again);
      }
    }
  }

  private static Map<Architecture, List<Aggregate>> groups(Collection<Aggregate> probes) {
    Map<Architecture, List<Aggregate>> groups = new LinkedHashMap<>();
    for (Aggregate probe : probes) {
      groups.computeIfAbsent(probe.architecture(), unused -> new ArrayList<>()).add(probe);
    }
    return groups;
  }

  private static List<PreparedProbe> prepared(List<Aggregate> probes) {
    return probes.stream().map(Aggregate::prepared).toList();
  }

  private static List<PreparedDetour> detours(List<Aggregate> probes) {
    return probes.stream().map(probe -> Objects.requireNonNull(probe.detour())).toList();
  }

  private interface Change {
    void apply(Architecture architecture, List<Aggregate> probes);
  }
}
