package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A campaign in words, as a command line or another process can name it: decoders against each
 * other, and each against its bounds. Immutable.
 *
 * @param instructionSet such as {@code "x86-64"}
 * @param decoders names, as {@link Decoders#named} knows them; one is only tried for its bounds
 * @param generator name, as {@link Generators#named} knows it
 * @param seed of the campaign
 * @param shard of the campaign
 * @param cases of all shards together
 * @param registers whether registers are compared
 * @param guarded whether a page that can not be read stands behind each input
 */
public record FuzzPlan(
    String instructionSet,
    List<String> decoders,
    String generator,
    long seed,
    Shard shard,
    long cases,
    boolean registers,
    boolean guarded) {
  private static final int ARGUMENTS = 8;

  /** Creates a plan. */
  public FuzzPlan {
    decoders = List.copyOf(decoders);
  }

  /**
   * The campaign, with what the testkit knows of its decoders; state, progress and more may be
   * added.
   *
   * @throws io.github.optprobe.testkit.decode.DecoderUnavailableException if a decoder is not there
   */
  public FuzzRun start() {
    return start(decoder -> decoder);
  }

  /** The campaign, with something put in front of each decoder. */
  FuzzRun start(UnaryOperator<Decoder> front) {
    List<Decoder> found =
        decoders.stream().map(name -> front.apply(Decoders.named(name, instructionSet))).toList();
    FuzzRun run =
        FuzzRun.of(instructionSet)
            .generator(Generators.named(generator, instructionSet))
            .seed(seed)
            .shard(shard)
            .cases(cases)
            .guarded(guarded);
    return found.size() < 2
        ? run.oracle(new BoundsOracle(instructionSet, found))
        : run.oracle(new DecoderOracle(found, registers))
            .known(
                KnownDisagreements.builtIn(instructionSet)
                    .about(KnownDisagreements.pairs(decoders)));
  }

  /** As {@link #parse} reads it. */
  List<String> arguments() {
    return List.of(
        instructionSet,
        String.join(",", decoders),
        generator,
        String.valueOf(seed),
        shard.toString(),
        String.valueOf(cases),
        String.valueOf(registers),
        String.valueOf(guarded));
  }

  /**
   * Reads a plan.
   *
   * @throws IllegalArgumentException if there are not as many arguments as needed
   */
  static FuzzPlan parse(List<String> arguments) {
    if (arguments.size() < ARGUMENTS) {
      throw new IllegalArgumentException("no plan: " + arguments);
    }
    return new FuzzPlan(
        arguments.get(0),
        List.of(arguments.get(1).split(",", -1)),
        arguments.get(2),
        Long.parseLong(arguments.get(3)),
        Shard.parse(arguments.get(4)),
        Long.parseLong(arguments.get(5)),
        Boolean.parseBoolean(arguments.get(6)),
        Boolean.parseBoolean(arguments.get(7)));
  }
}
