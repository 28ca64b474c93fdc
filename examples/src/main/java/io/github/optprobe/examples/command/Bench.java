package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.fuzz.BoundsOracle;
import io.github.optprobe.testkit.fuzz.CaseOracle;
import io.github.optprobe.testkit.fuzz.DecoderOracle;
import io.github.optprobe.testkit.fuzz.ExecutionOracle;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.Generator;
import io.github.optprobe.testkit.fuzz.RelocationOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a campaign needs of decoders and executors, opened for one thread, and confined to it. */
final class Bench implements AutoCloseable {
  /** Near and far, behind and before; out of reach of some branches. */
  private static final List<Long> DISTANCES =
      List.of(0x1000L, -0x1_0000L, 0x400_0000L, -0x300_0000L);

  private static final int FEWEST = 2;

  private final Campaign campaign;
  private final List<Executor> executors = new ArrayList<>();
  private @Nullable ExecutionOracle execution;

  Bench(Campaign campaign) {
    this.campaign = campaign;
  }

  Generator generator() {
    return GeneratorChoice.make(campaign.generator(), campaign.isa());
  }

  /** Those of all oracles of the campaign. */
  List<CaseOracle> oracles() {
    return campaign.sortedKinds().stream().map(this::oracle).toList();
  }

  /**
   * One oracle.
   *
   * @throws CommandFailure if something that it needs is not there; so do the exceptions of
   *     decoders and executors say
   */
  CaseOracle oracle(OracleKind kind) {
    return switch (kind) {
      case DECODERS -> new DecoderOracle(atLeast(FEWEST), false);
      case BOUNDS -> new BoundsOracle(campaign.isa(), atLeast(1));
      case RELOCATION -> new RelocationOracle(architecture(), reader(), DISTANCES);
      case EXECUTION -> execution();
    };
  }

  private List<Decoder> atLeast(int fewest) {
    List<String> names = campaign.decoders();
    if (names.size() < fewest) {
      throw missing("%d decoders are needed, not %s".formatted(fewest, names));
    }
    return names.stream().map(name -> Decoders.named(name, campaign.isa())).toList();
  }

  private Decoder reader() {
    String name =
        KnownSubjects.reader(campaign.decoders())
            .orElseThrow(() -> missing("a decoder that is not the architecture's is needed"));
    return Decoders.named(name, campaign.isa());
  }

  private CommandFailure missing(String what) {
    return new CommandFailure(
        ExitCode.MISSING,
        "%s for %s; not here are %s"
            .formatted(what, campaign.isa(), Decoders.whyNot(campaign.isa())));
  }

  private Architecture architecture() {
    return campaign
        .architecture()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.MISSING, "nobody brings an architecture for " + campaign.isa()));
  }

  private ExecutionOracle execution() {
    execution = ExecutionOracle.of(executor(), campaign.states());
    return execution;
  }

  /** Another executor, with nothing mapped; closed with this. */
  Executor executor() {
    Executor executor = campaign.executor().open(architecture());
    executors.add(executor);
    return executor;
  }

  /** What was executed so far; empty if nothing is. */
  Optional<ExecutionTally> executed() {
    return Optional.ofNullable(execution).map(ExecutionOracle::tally);
  }

  @Override
  public void close() {
    executors.forEach(Executor::close);
    executors.clear();
  }
}
