package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.Subject;
import io.github.optprobe.testkit.trial.TrialDifference;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the rules of one run of the architecture kit share. */
final class Kit implements AutoCloseable {
  private final Architecture architecture;
  private final Samples samples;
  private final Set<Capability> capabilities;
  private final @Nullable Executor executor;
  private final TrialSettings settings;
  private final int states;
  private final KitReport report;
  private final Map<Tier, Set<RelocationKind>> met = new EnumMap<>(Tier.class);
  private @Nullable RelocationTrial trial;
  private @Nullable List<TrialDifference> differences;

  Kit(
      Architecture architecture,
      Samples samples,
      Set<Capability> capabilities,
      @Nullable Executor executor,
      TrialSettings settings,
      int states,
      KitReport report) {
    this.architecture = architecture;
    this.samples = samples;
    this.capabilities = Capability.closure(capabilities);
    this.executor = executor;
    this.settings = settings;
    this.states = states;
    this.report = report;
  }

  Architecture architecture() {
    return architecture;
  }

  Samples samples() {
    return samples;
  }

  boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  Set<Capability> capabilities() {
    return capabilities;
  }

  Optional<Executor> executor() {
    return Optional.ofNullable(executor);
  }

  TrialSettings settings() {
    return settings;
  }

  KitReport report() {
    return report;
  }

  Bed bed(Samples.Sample sample) {
    return new Bed(architecture, sample.code());
  }

  /** The trial on the executor, which maps it: there is one. */
  RelocationTrial trial() {
    RelocationTrial made = trial;
    if (made == null) {
      made = new RelocationTrial(executor().orElseThrow(), settings);
      trial = made;
    }
    return made;
  }

  /** What differed when all samples were tried, in every way; done once. */
  List<TrialDifference> differences() {
    List<TrialDifference> found = differences;
    if (found == null) {
      found = tryAll();
      differences = found;
    }
    return found;
  }

  private List<TrialDifference> tryAll() {
    List<TrialDifference> found = new ArrayList<>();
    int number = 0;
    for (Samples.Sample sample : samples.probed()) {
      if (trial().isCode(sample.code())) {
        TrialResult result = trial().run(sample.code(), (long) number * states, states);
        number++;
        found.addAll(result.differences());
        noteKind(sample, result);
        report.count("cases", result.compared());
      }
    }
    return found;
  }

  private void noteKind(Samples.Sample sample, TrialResult result) {
    RelocationKind kind = RelocationKind.of(trial().place(sample.code()), result.offer());
    for (Tier tier : result.cases().keySet()) {
      met.computeIfAbsent(tier, added -> EnumSet.noneOf(RelocationKind.class)).add(kind);
    }
    report.count(kind.toString(), result.compared());
  }

  /** Which kinds of relocations were executed in which tier; all samples have been tried. */
  Map<Tier, Set<RelocationKind>> met() {
    differences();
    return met;
  }

  /** Whether it was the probed instruction that the original run stopped at. */
  boolean faultsAtProbe(TrialDifference difference) {
    Subject subject = trial().place(HexFormat.of().parseHex(difference.subject().hex()));
    trial().restoreMemory();
    MachineState state = trial().startState(difference.state());
    executor().orElseThrow().run(state);
    return state.programCounter() == subject.address().value();
  }

  /** Whether no way differs from a start state. */
  boolean isTransparent(Samples.Sample sample, long startState) {
    return trial().run(sample.code(), startState, 1).differences().isEmpty();
  }

  /** Whether no way in which a sample can be probed differs: else other rules have nothing new. */
  boolean isTransparent(Samples.Sample sample) {
    String hex = HexFormat.of().formatHex(sample.code());
    return differences().stream().noneMatch(each -> each.subject().hex().equals(hex));
  }

  /** A broken rule, with the code that shows it and how to see it again. */
  AssertionError broken(Samples.Sample sample, String what) {
    return broken(sample.code(), bed(sample) + what);
  }

  AssertionError broken(byte[] code, String what) {
    String hex = HexFormat.of().formatHex(code);
    String name = architecture.instructionSet().name();
    return new AssertionError(
        "%s%n%n  ./optprobe replay --isa %s --hex %s --seed 0x%x%n"
            .formatted(what, name, hex, settings.seed()));
  }

  @Override
  public void close() {
    if (executor != null) {
      executor.close();
    }
  }
}
