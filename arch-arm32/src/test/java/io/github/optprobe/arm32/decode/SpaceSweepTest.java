package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every encoding is classified, none makes the decoder crash, and none is accepted that neither
 * Capstone nor objdump knows. All halfwords and samples of the words.
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
}
