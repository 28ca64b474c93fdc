package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.table.ArmSet;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table against Capstone and objdump: what differs is on a list, with its reason. */
@Tag("corpus")
class DecoderDifferentialTest {
  private static final long ADDRESS = 0x0800_0000;
  private static final int CAPSTONE_SAMPLE = 1_500_000;
  private static final int OBJDUMP_SAMPLE = 400_000;

  @Test
  void everyThumbHalfwordIsSeenAsCapstoneSeesIt() throws Exception {
    againstCapstone(halfwords());
  }

  @Test
  void everyThumbHalfwordIsSeenAsObjdumpSeesIt() throws Exception {
    againstObjdump(halfwords());
  }

  @Test
  void aSampleOfA32IsSeenAsCapstoneSeesIt() throws Exception {
    againstCapstone(sample(ArmSet.A32, CAPSTONE_SAMPLE));
  }

  @Test
  void aSampleOfA32IsSeenAsObjdumpSeesIt() throws Exception {
    againstObjdump(sample(ArmSet.A32, OBJDUMP_SAMPLE));
  }

  @Test
  void aSampleOfWideThumbIsSeenAsCapstoneSeesIt() throws Exception {
    againstCapstone(sample(ArmSet.T32, CAPSTONE_SAMPLE));
  }

  @Test
  void aSampleOfWideThumbIsSeenAsObjdumpSeesIt() throws Exception {
    againstObjdump(sample(ArmSet.T32, OBJDUMP_SAMPLE));
  }

  private static void againstCapstone(List<Subject> subjects) throws Exception {
    CapstoneEngine.get();
    KnownDisagreements known = KnownDisagreements.read();
    for (Subject subject : subjects) {
      known.note(subject, CapstoneOpinion.disagreements(subject), CapstoneOpinion::text);
    }
    assertThat(known.unexplained()).isEmpty();
    assertThat(known.unused(subjects.get(0).space(), "CAPSTONE")).isEmpty();
  }

  private static void againstObjdump(List<Subject> subjects) throws Exception {
    assumeTrue(Objdump.isInstalled(), "needs " + Objdump.PROGRAM);
    KnownDisagreements known = KnownDisagreements.read();
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    subjects.forEach(subject -> code.writeBytes(subject.instruction().bytes()));
    List<Objdump.Line> lines =
        Objdump.disassemble(subjects.get(0).set(), code.toByteArray(), ADDRESS);
    assertThat(lines).hasSameSizeAs(subjects);
    for (int i = 0; i < lines.size(); i++) {
      Objdump.Line line = lines.get(i);
      assertThat(line.address()).isEqualTo(subjects.get(i).address());
      known.note(
          subjects.get(i),
          ObjdumpOpinion.disagreements(subjects.get(i), line),
          ignored -> line.text());
    }
    assertThat(known.unexplained()).isEmpty();
    assertThat(known.unused(subjects.get(0).space(), "OBJDUMP")).isEmpty();
  }

  /** All of them; behind each IT a few that end its block. */
  private static List<Subject> halfwords() {
    List<Subject> subjects = new ArrayList<>();
    for (int halfword = 0; halfword < 0xE800; halfword++) {
      add(subjects, ArmSet.T32, 2, halfword);
      if (halfword >>> 8 == 0xBF) {
        for (int i = 0; i < 4; i++) {
          add(subjects, ArmSet.T32, 2, 0x46C0);
        }
      }
    }
    return subjects;
  }

  private static List<Subject> sample(ArmSet set, int size) {
    Random random = new Random(5);
    List<Subject> subjects = new ArrayList<>(size);
    while (subjects.size() < size) {
      int word = random.nextInt();
      if (set == ArmSet.A32 || ArmSet.isWide(word >>> 16)) {
        add(subjects, set, 4, word);
      }
    }
    return subjects;
  }

  private static void add(List<Subject> subjects, ArmSet set, int length, int encoding) {
    long address = ADDRESS + (long) subjects.size() * length;
    subjects.add(Subject.of(set, length, encoding, address));
  }
}
