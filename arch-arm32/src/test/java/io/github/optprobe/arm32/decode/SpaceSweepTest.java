package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every encoding is classified, none makes the decoder crash, and none is accepted that neither
 * Capstone nor objdump knows. All halfwords and samples of the words run always; all the words are
 * a campaign in shards, which goes on where it was stopped:
 *
 * <pre>
 * mvn test -pl arch-arm32 -am -Dtest=SpaceSweepTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dgroups=campaign -Doptprobe.excludedTags=none -Doptprobe.shard=3/16
 * </pre>
 */
@Tag("corpus")
class SpaceSweepTest {
  private static final int HALFWORDS = 0xE800;
  private static final int SAMPLE = 200_000;
  private static final long ADDRESS = 0x0800_0000;

  @Test
  void everyThumbHalfwordIsClassified() {
    SpaceCounts counts = new SpaceCounts();
    ArmDecoder decoder = ArmDecoder.of(ArmSet.T32);
    for (int halfword = 0; halfword < HALFWORDS; halfword++) {
      counts.add(decoder.decode(halfword, 2, ADDRESS, ItState.OUTSIDE));
      // In the middle of a block, and as the last of one.
      decoder.decode(halfword, 2, ADDRESS, new ItState(0x04));
      decoder.decode(halfword, 2, ADDRESS, new ItState(0x08));
    }
    System.out.println("T16: " + counts);

    assertThat(counts.total()).isEqualTo(HALFWORDS);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAcceptedThatNeitherDecoderKnows(ArmSet set) throws Exception {
    assumeTrue(Objdump.isInstalled(), "needs " + Objdump.PROGRAM);
    List<Instruction> accepted = accepted(set);
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    accepted.forEach(each -> code.writeBytes(each.bytes()));
    List<Objdump.Line> lines = Objdump.disassemble(set, code.toByteArray(), ADDRESS);

    assertThat(lines).hasSameSizeAs(accepted);
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Instruction instruction = accepted.get(i);
      Subject subject =
          Subject.of(set, instruction.length(), instruction.encoding(), instruction.address());
      if (!ObjdumpOpinion.knows(lines.get(i)) && !CapstoneOpinion.knows(subject)) {
        unknown.add(instruction.toString());
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static List<Instruction> accepted(ArmSet set) {
    ArmDecoder decoder = ArmDecoder.of(set);
    SpaceCounts counts = new SpaceCounts();
    List<Instruction> accepted = new ArrayList<>();
    Random random = new Random(11);
    while (counts.total() < SAMPLE) {
      int word = random.nextInt();
      if (set == ArmSet.A32 || ArmSet.isWide(word >>> 16)) {
        Instruction instruction = decoder.decode(word, 4, ADDRESS, ItState.OUTSIDE);
        counts.add(instruction);
        if (!instruction.verdict().isRefused()) {
          accepted.add(instruction);
        }
      }
    }
    System.out.println(set + " sample: " + counts);
    return accepted;
  }

  @Test
  @Tag("campaign")
  void everyWordOfAShardIsClassified() throws Exception {
    String shard = System.getProperty("optprobe.shard", "1/4096");
    Path state =
        Path.of(
            System.getProperty(
                "optprobe.shardState", "target/sweep-" + shard.replace('/', '-') + ".txt"));
    for (ArmSet set : ArmSet.values()) {
      Path file = state.resolveSibling(set + "-" + state.getFileName());
      ShardedSweep sweep = new ShardedSweep(set, shard, file);
      sweep.run();
      System.out.println(set + " shard " + shard + ": " + sweep.counts());
      assertThat(sweep.counts().total()).isEqualTo(sweep.size());
      assertThat(Files.exists(file)).isTrue();
    }
  }

  @Test
  void aStoppedSweepGoesOnWhereItWas(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("state.txt");
    ShardedSweep whole = new ShardedSweep(ArmSet.A32, "7/65536", directory.resolve("whole.txt"));
    whole.run();
    new ShardedSweep(ArmSet.A32, "7/65536", file).runBlocks(1);
    ShardedSweep resumed = new ShardedSweep(ArmSet.A32, "7/65536", file);
    assertThat(resumed.counts().total()).isPositive().isLessThan(whole.size());
    resumed.run();

    assertThat(resumed.counts()).hasToString(whole.counts().toString());
    assertThat(resumed.counts().total()).isEqualTo(whole.size());
  }
}
