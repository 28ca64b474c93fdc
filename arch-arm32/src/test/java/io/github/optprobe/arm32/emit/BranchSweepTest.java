package io.github.optprobe.arm32.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Branches against GNU as, against both decoders, and against the manual's definition. */
@Tag("corpus")
class BranchSweepTest {
  private static final long FROM = 0x8000_0000L;
  private static final long BEHIND = 1L << 32;
  private static final int NEAR = 256;
  private static final int DENSE = 1 << 16;
  private static final long STRIDE = 4 * 1021;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void everyConditionAroundTheEdgesIsWhatGnuAsWrites(BranchForm form) throws Exception {
    assumeTrue(GnuAssembler.isInstalled(), "needs GNU as for ARM");
    List<String> lines = new ArrayList<>();
    ByteBuffer expected = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (Condition condition : form.conditions()) {
      for (long offset : form.dense(NEAR)) {
        lines.add(form.text(condition, offset));
        put(expected, form.set(), form.encode(condition, FROM, FROM + offset));
      }
    }
    System.out.println(form + ": " + lines.size() + " branches as GNU as writes them");
    byte[] written = new byte[expected.position()];
    expected.flip().get(written);

    assertThat(lines).hasSizeGreaterThan(500);
    assertThat(written).isEqualTo(new GnuAssembler(directory, form.set()).assemble(lines));
  }

  private static void put(ByteBuffer code, ArmSet set, int encoding) {
    code.putInt(set == ArmSet.A32 ? encoding : Integer.rotateLeft(encoding, Short.SIZE));
  }

  /** The kernel's check has the edges of A32 wrong by 16 bytes: eight of these offsets. */
  @ParameterizedTest
  @EnumSource
  void whatGnuAsRefusesIsOutOfReachAndNothingElse(BranchForm form) throws Exception {
    assumeTrue(GnuAssembler.isInstalled(), "needs GNU as for ARM");
    long[] offsets =
        LongStream.of(form.lowest(), 0, form.highest())
            .flatMap(middle -> LongStream.rangeClosed(-16, 16).map(i -> middle + i))
            .filter(offset -> Math.floorMod(offset, form.step()) == 0)
            .toArray();
    Condition condition = form.conditions().get(0);
    List<String> lines = LongStream.of(offsets).mapToObj(o -> form.text(condition, o)).toList();
    TreeSet<Integer> unreachable = new TreeSet<>();
    for (int i = 0; i < offsets.length; i++) {
      if (!form.isWithinReach(FROM, FROM + offsets[i])) {
        unreachable.add(i);
        long to = FROM + offsets[i];
        assertThatIllegalArgumentException().isThrownBy(() -> form.encode(condition, FROM, to));
      }
    }

    assertThat(unreachable).hasSize(2 * 16 / form.step());
    assertThat(new GnuAssembler(directory, form.set()).refused(lines)).isEqualTo(unreachable);
  }

  @ParameterizedTest
  @EnumSource
  void bothDecodersReadTheSameTarget(BranchForm form) {
    ArmDecoder decoder = ArmDecoder.of(form.set());
    int decoded = 0;
    for (long from : new long[] {0, 4, 8, 0x0100_0000, FROM, BEHIND - 8, BEHIND - 4}) {
      for (Condition condition : form.conditions()) {
        for (long offset : form.dense(NEAR)) {
          if (form.isWithinReach(from, from + offset)) {
            int encoding = form.encode(condition, from, from + offset);
            Instruction instruction = decoder.decode(encoding, 4, from, ItState.OUTSIDE);
            assertThat(instruction.branchTarget()).isEqualTo(from + offset);
            assertThat(instruction.condition()).isEqualTo(condition);
            assertThat(target(decoder.format(instruction))).isEqualTo(from + offset);
            decoded++;
          }
        }
      }
    }
    System.out.println(form + ": " + decoded + " branches decoded back");

    assertThat(decoded).isGreaterThan(1000);
  }

  private static long target(String text) {
    return Long.decode(text.substring(text.indexOf('#') + 1)) & (BEHIND - 1);
  }

  @ParameterizedTest
  @EnumSource
  void everyNumberOfTheFieldsIsWrittenForItsTarget(BranchForm form) {
    Condition condition = form.conditions().get(form.conditions().size() - 1);
    int different = 0;
    for (int number = 0; number < 1 << form.bits(); number++) {
      int encoded = form.encode(condition, FROM, FROM + form.offset(number));
      different += encoded == form.word(condition, number) ? 0 : 1;
    }

    assertThat(different).isZero();
  }

  /** Reach is exactly what comes back from the fields, at the ends of the addresses too. */
  @ParameterizedTest
  @EnumSource
  void aTargetIsWithinReachExactlyIfTheFieldsHoldIt(BranchForm form) {
    for (long from : new long[] {0, 4, 8, 0x0100_0000, FROM, BEHIND - 8, BEHIND - 4}) {
      checkReach(form, from, -DENSE, BEHIND + DENSE, STRIDE);
      for (long middle :
          new long[] {0, from + form.lowest(), from, from + form.highest(), BEHIND}) {
        checkReach(form, from, middle - DENSE, middle + DENSE, 1);
      }
    }
  }

  private static void checkReach(
      BranchForm form, long from, long firstTo, long behindTo, long stride) {
    int different = 0;
    int reached = 0;
    for (long to = firstTo; to < behindTo; to += stride) {
      boolean address = to >= 0 && to < BEHIND;
      boolean held = from + form.offset(form.number(to - from)) == to;
      boolean within = form.isWithinReach(from, to);
      different += within == (address && held) ? 0 : 1;
      reached += within ? 1 : 0;
    }
    assertThat(different).as("from 0x%x to 0x%x and on", from, firstTo).isZero();
    assertThat(reached).isLessThan((int) ((behindTo - firstTo) / stride));
  }
}
