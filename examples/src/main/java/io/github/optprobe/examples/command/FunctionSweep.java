package io.github.optprobe.examples.command;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Landings;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.examples.command.BoundaryExecutor.Execution;
import io.github.optprobe.examples.command.SweepResult.Difference;
import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.FunctionResult;
import io.github.optprobe.examples.command.SweepResult.Kind;
import io.github.optprobe.examples.command.Tally.Count;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks about each instruction of functions of one file, one function after the other. Used by one
 * thread.
 */
final class FunctionSweep implements AutoCloseable {
  /** Nobody runs what would call it; any address does that is in no file. */
  static final long GATE = 0x7fff_0000;

  private static final int MOST_DIFFERENCES = 10;

  private final CodeFile file;
  private final SweepOptions options;
  private final ByteArrayText text;
  private final Kprobes kprobes;
  private final Kprobes entriesUnknown;
  private final List<FunctionResult> functions = new ArrayList<>();
  private final List<Example> examples = new ArrayList<>();
  private final List<Difference> differences = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  FunctionSweep(CodeFile file, CodeMap map, SweepOptions options) {
    this.file = file;
    this.options = options;
    text = file.newText();
    kprobes = registry(map);
    entriesUnknown = registry(address -> map.functionAt(address).map(FunctionSweep::open));
  }

  private Kprobes registry(CodeMap map) {
    Kprobes.Builder builder = Kprobes.builder(text).codeMap(map);
    file.architectures().forEach(builder::architecture);
    return options.asks(Tier.OPTIMIZED) ? builder.gate(GATE).build() : builder.build();
  }

  /** The same function, of which nobody says that its landings are all there are. */
  private static CodeMap.Function open(CodeMap.Function function) {
    Landings some = new Landings(false, function.landings().addresses());
    return new CodeMap.Function(function.name(), function.body(), function.mayBranchIn(), some);
  }

  /** Sweeps a function. */
  void sweep(ElfFunction function) {
    Architecture architecture = file.architecture(function.instructionSet());
    long[] boundaries = boundaries(architecture, function);
    Tally tally = new Tally();
    for (long address : boundaries) {
      ask(architecture, function, boundaries, address, tally);
    }
    options
        .executors()
        .ifPresent(source -> execute(source, architecture, function, boundaries, tally));
    AddressRange body = function.body();
    String set = function.instructionSet().name();
    functions.add(new FunctionResult(function.name(), set, body.first(), body.length(), tally));
  }

  private long[] boundaries(Architecture architecture, ElfFunction function) {
    CodeMap.Function known = function.function();
    List<Long> entries = known.landings().addresses();
    ScanScope scope = new ScanScope(known.body(), entries, known.mayBranchIn());
    return architecture.scan(text, scope).boundaries();
  }

  private void ask(
      Architecture architecture,
      ElfFunction function,
      long[] boundaries,
      long address,
      Tally tally) {
    CodeAddress asked = new CodeAddress(address, function.instructionSet());
    Explanation explanation = kprobes.explain(asked);
    tally.add(Count.BOUNDARIES);
    Optional<Refusal> refusal = count(explanation, tally);
    if (refusal.isPresent()) {
      boolean probed = options.isProbed(explanation);
      Kind kind = probed ? Kind.NOT_OPTIMIZED : Kind.REFUSED;
      String code = refusal.get().code();
      if (probed) {
        tally.addNotOptimized(code);
      } else {
        tally.addRefused(code);
      }
      if (seen.add(kind + code)) {
        examples.add(example(kind, architecture, function, boundaries, address, refusal.get()));
      }
    } else if (options.asks(Tier.OPTIMIZED)) {
      tally.add(isAtOnce(function, asked) ? Count.OPTIMIZED_AT_ONCE : Count.OPTIMIZED_BY_ENTRIES);
    }
  }

  /** Counts the tiers that trap; what is to be counted as refused, if anything. */
  private Optional<Refusal> count(Explanation explanation, Tally tally) {
    if (!options.isProbed(explanation)) {
      return options.refusal(explanation);
    }
    tally.add(Count.PROBED);
    countTier(explanation, Tier.SINGLE_STEP, Count.SINGLE_STEP, tally);
    countTier(explanation, Tier.BOOSTED, Count.BOOSTED, tally);
    countTier(explanation, Tier.EMULATED, Count.EMULATED, tally);
    return options.asks(Tier.OPTIMIZED)
        ? explanation.verdict(Tier.OPTIMIZED).refusal()
        : Optional.empty();
  }

  private void countTier(Explanation explanation, Tier tier, Count count, Tally tally) {
    if (options.asks(tier) && explanation.verdict(tier).isAccepted()) {
      tally.add(count);
    }
  }

  private boolean isAtOnce(ElfFunction function, CodeAddress address) {
    return !function.function().landings().known()
        || entriesUnknown.explain(address).verdict(Tier.OPTIMIZED).isAccepted();
  }

  private Example example(
      Kind kind,
      Architecture architecture,
      ElfFunction function,
      long[] boundaries,
      long address,
      Refusal refusal) {
    Optional<Refusal> shown = Optional.of(refusal);
    Listing picture =
        Listing.around(architecture, text, boundaries, address, shown, Optional.empty());
    return new Example(
        kind,
        refusal.code(),
        file.path(),
        function.name(),
        function.instructionSet().name(),
        address,
        address - function.body().first(),
        refusal.rule(),
        refusal.advice(),
        picture.toString());
  }

  private void execute(
      BoundaryExecutor.Source source,
      Architecture architecture,
      ElfFunction function,
      long[] boundaries,
      Tally tally) {
    AddressRange body = function.body();
    byte[] code = text.readFully(body.first(), Math.toIntExact(body.length()));
    try (BoundaryExecutor executor = source.open(architecture)) {
      for (long address : boundaries) {
        note(executor.execute(function, code, address), function, address, tally);
      }
    }
  }

  private void note(Execution execution, ElfFunction function, long address, Tally tally) {
    if (execution instanceof Execution.Executed executed) {
      tally.add(Count.EXECUTED);
      tally.add(Count.EXECUTED_CASES, executed.cases());
    } else if (execution instanceof Execution.NotExecuted not) {
      tally.add(Count.NOT_EXECUTED);
      tally.addNotExecuted(not.reason());
    } else if (execution instanceof Execution.Differs differs) {
      tally.add(Count.DIFFERS);
      if (differences.size() < MOST_DIFFERENCES) {
        differences.add(
            new Difference(
                file.path(),
                function.name(),
                function.instructionSet().name(),
                address,
                address - function.body().first(),
                differs.detail()));
      }
    }
  }

  List<FunctionResult> functions() {
    return functions;
  }

  List<Example> examples() {
    return examples;
  }

  List<Difference> differences() {
    return differences;
  }

  @Override
  public void close() {
    kprobes.close();
    entriesUnknown.close();
  }
}
