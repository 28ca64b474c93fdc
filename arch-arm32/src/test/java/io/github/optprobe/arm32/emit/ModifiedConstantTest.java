package io.github.optprobe.arm32.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.table.ArmSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which numbers an instruction holds, and how, against GNU as. */
class ModifiedConstantTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void numbersAreHeldAsGnuAsHoldsThem(ArmSet set) throws Exception {
    assumeTrue(GnuAssembler.isInstalled(), "needs GNU as for ARM");
    GnuAssembler as = new GnuAssembler(directory, set);
    int[] all = numbers();
    Set<Integer> refused = as.refused(IntStream.of(all).mapToObj(n -> text(set, n)).toList());
    int[] held =
        IntStream.range(0, all.length).filter(i -> !refused.contains(i)).map(i -> all[i]).toArray();
    ByteBuffer code = ByteBuffer.wrap(as.assemble(lines(set, held)));
    code.order(ByteOrder.LITTLE_ENDIAN);

    refused.forEach(i -> assertThat(of(set, all[i])).as("0x%x", all[i]).isEmpty());
    int repeated = 0;
    for (int number : held) {
      int field = field(set, code.getInt());
      // In T32 a byte repeated within the word is never asked for.
      boolean repeats = set == ArmSet.T32 && field >= 0x100 && field < 0x400;
      repeated += repeats ? 1 : 0;
      OptionalInt expected = repeats ? OptionalInt.empty() : OptionalInt.of(field);
      assertThat(of(set, number)).as("0x%x", number).isEqualTo(expected);
    }
    System.out.printf(
        "%s: %d numbers held, %d of them repeated bytes, %d refused%n",
        set, held.length, repeated, refused.size());
    assertThat(refused.size()).isGreaterThan(1000);
    assertThat(held.length).isGreaterThan(500);
  }

  private static OptionalInt of(ArmSet set, int number) {
    return set == ArmSet.A32 ? ModifiedConstant.ofA32(number) : ModifiedConstant.ofT32(number);
  }

  /** EOR has no opposite that GNU as could take instead. */
  private static String text(ArmSet set, int number) {
    String suffix = set == ArmSet.T32 ? ".w" : "";
    return "eor%s r0, r1, #%d".formatted(suffix, number & 0xFFFF_FFFFL);
  }

  private static List<String> lines(ArmSet set, int[] numbers) {
    return IntStream.of(numbers).mapToObj(number -> text(set, number)).toList();
  }

  private static int field(ArmSet set, int memory) {
    if (set == ArmSet.A32) {
      return memory & 0xFFF;
    }
    int word = Integer.rotateLeft(memory, Short.SIZE);
    return (word >>> 26 & 1) << 11 | (word >>> 12 & 7) << 8 | (word & 0xFF);
  }

  /** Bytes at every place, what is one bit wider, bytes repeated, and any others. */
  private static int[] numbers() {
    Random random = new Random(3);
    IntStream.Builder numbers = IntStream.builder();
    for (int rotation = 0; rotation < Integer.SIZE; rotation++) {
      for (int bits : new int[] {1, 2, 3, 0x7F, 0x80, 0x81, 0xAA, 0xFE, 0xFF, 0x101, 0x1FF}) {
        numbers.add(Integer.rotateRight(bits, rotation));
        numbers.add(Integer.rotateRight(random.nextInt(0x100), rotation));
        numbers.add(Integer.rotateRight(0x101 | random.nextInt(0x100), rotation));
      }
    }
    for (int bits = 0; bits < 0x100; bits++) {
      for (int times : new int[] {1, 0x0001_0001, 0x0100_0100, 0x0101_0101, 0x0100_0001}) {
        numbers.add(bits * times);
      }
      numbers.add(random.nextInt());
      numbers.add(random.nextInt());
    }
    return numbers.build().distinct().toArray();
  }
}
