package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.fuzz.Generator;
import io.github.optprobe.testkit.fuzz.Replay;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code optprobe replay}: one case, shown again in full. */
@Command(
    name = "replay",
    description = {
      "Show one case: what each decoder says, what each oracle says, and what executing it does.",
      "The case is given by its bytes, or by its number in a campaign. Without --oracle all of them"
          + " are asked that there is something for.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe replay --isa x86-64 --hex 0f0fc00c",
      "  optprobe replay --isa t32 --hex 00bf7047 --seed 0x5eed",
      "  optprobe replay --isa a32 --generator encoded --seed 1 --case 4711",
    })
public final class ReplayCommand implements Callable<Integer> {
  private static final String SEED_OF_BYTES = "0x5eed";
  private static final String SEED_OF_CAMPAIGN = "1";

  @Mixin private final FuzzChoices choices = new FuzzChoices();

  @Option(
      names = "--hex",
      paramLabel = "BYTES",
      description =
          "The case, in memory order; several instructions are executed as one function as well.")
  private @Nullable String hex;

  @Option(
      names = "--case",
      paramLabel = "N",
      description = "The number of the case in the campaign of --generator and --seed.")
  private @Nullable Long number;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "That of the campaign, 1 without it; with --hex that of the case, 0x5eed.")
  private @Nullable String seed;

  @Option(
      names = "--first-state",
      paramLabel = "N",
      description = "The number of the first start state of several instructions; 0 without it.")
  private long firstState;

  @Option(names = "--json", description = "Write one JSON object.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command. */
  public ReplayCommand() {}

  @Override
  public Integer call() {
    Streams streams = Streams.of(spec);
    ReplayResult result = result();
    if (json) {
      new ReplayJson(streams.out()).print(result);
    } else {
      new ReplayText(streams.out()).print(result);
    }
    streams.finish();
    return result.exitCode().number();
  }

  private ReplayResult result() {
    if ((hex == null) == (number == null)) {
      throw CommandFailure.usage("give either --hex, or --case and what campaign it is of");
    }
    byte[] given = hex == null ? new byte[0] : HexBytes.parse(hex);
    Campaign campaign = choices.campaign(EnumSet.allOf(OracleKind.class));
    Replayer replayer = new Replayer(campaign, choices.hasOracles(), firstState);
    return number == null
        ? replayer.show(given, seedOr(SEED_OF_BYTES), true)
        : ofCampaign(replayer, campaign, number);
  }

  private long seedOr(String otherwise) {
    return Place.number(seed == null ? otherwise : seed, 0);
  }

  private ReplayResult ofCampaign(Replayer replayer, Campaign campaign, long index) {
    if (index < 0) {
      throw CommandFailure.usage("--case is at least 0: " + index);
    }
    long ofCampaign = seedOr(SEED_OF_CAMPAIGN);
    Generator generator = GeneratorChoice.make(campaign.generator(), campaign.isa());
    byte[] bytes = new byte[CodeInput.CAPACITY];
    int length = generator.generate(ofCampaign, index, bytes);
    return replayer.show(Arrays.copyOf(bytes, length), Replay.seedOf(ofCampaign, index), false);
  }
}
