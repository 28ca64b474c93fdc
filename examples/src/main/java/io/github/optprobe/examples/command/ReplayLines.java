package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Bin;
import io.github.optprobe.testkit.fuzz.Replay;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands that show the example of a bin again.
 *
 * @param seed of the campaign
 */
record ReplayLines(Campaign campaign, long seed) {

  /** By its bytes, made small; and as it was met. */
  List<String> of(Bin bin) {
    return List.of(byBytes(bin), byCase(bin));
  }

  private String byBytes(Bin bin) {
    List<String> words = new ArrayList<>(List.of("--hex", bin.minimised()));
    if (campaign.needsSeed()) {
      words.addAll(List.of("--seed", JsonLines.hex(Replay.seedOf(seed, bin.firstCase()))));
    }
    return command(words);
  }

  private String byCase(Bin bin) {
    return command(
        List.of(
            "--generator",
            campaign.generator(),
            "--seed",
            JsonLines.hex(seed),
            "--case",
            "" + bin.firstCase()));
  }

  private String command(List<String> which) {
    List<String> words = new ArrayList<>(List.of("./optprobe", "replay", "--isa", campaign.isa()));
    words.addAll(which);
    words.addAll(campaign.options());
    return ShellWords.join(words);
  }
}
