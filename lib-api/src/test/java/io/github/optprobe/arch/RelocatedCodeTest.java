package io.github.optprobe.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.text.Slot;
import org.junit.jupiter.api.Test;

class RelocatedCodeTest {
  private static final Slot SLOT = new Slot(0x100, 16);

  /** Two bytes of saving, two instructions of three bytes, a jump back of three. */
  private final RelocatedCode code =
      new RelocatedCode(SLOT, new byte[11], new int[] {2, 5}, new long[] {0x10, 0x12}, 8);

  @Test
  void mapsBackInsideTheRelocatedInstructionsAndBeforeThem() {
    assertThat(code.originalOf(0x100)).hasValue(0x10);
    assertThat(code.originalOf(0x101)).hasValue(0x10);
    assertThat(code.originalOf(0x102)).hasValue(0x10);
    assertThat(code.originalOf(0x104)).hasValue(0x10);
    assertThat(code.originalOf(0x105)).hasValue(0x12);
    assertThat(code.originalOf(0x107)).hasValue(0x12);
  }

  @Test
  void mapsNothingBehindTheLastNorOutside() {
    assertThat(code.originalOf(0x108)).isEmpty();
    assertThat(code.originalOf(0x10A)).isEmpty();
    assertThat(code.originalOf(0xFF)).isEmpty();
    assertThat(code.originalOf(0x1_0000_0102L)).isEmpty();
    assertThat(code.originalOf(-1)).isEmpty();
  }

  @Test
  void knowsWhereRelocatedInstructionsStart() {
    assertThat(code.entry()).isEqualTo(0x102);
    assertThat(code.end()).isEqualTo(0x108);
    assertThat(code.startsInstruction(0x102)).isTrue();
    assertThat(code.startsInstruction(0x105)).isTrue();
    assertThat(code.startsInstruction(0x100)).isFalse();
    assertThat(code.startsInstruction(0x103)).isFalse();
    assertThat(code.startsInstruction(0x108)).isFalse();
    assertThat(code.startsInstruction(0x1_0000_0102L)).isFalse();
  }

  @Test
  void findsTheRelocatedFormOfAnOriginal() {
    assertThat(code.relocatedOf(0x10)).hasValue(0x102);
    assertThat(code.relocatedOf(0x12)).hasValue(0x105);
    assertThat(code.relocatedOf(0x11)).isEmpty();
    assertThat(code.relocatedOf(0x102)).isEmpty();
  }

  @Test
  void coversWhatStandsForOriginals() {
    assertThat(code.covers(0x101)).isFalse();
    assertThat(code.covers(0x102)).isTrue();
    assertThat(code.covers(0x107)).isTrue();
    assertThat(code.covers(0x108)).isFalse();
  }

  @Test
  void copiesItsArrays() {
    byte[] bytes = {1, 2};
    int[] offsets = {0};
    long[] originals = {0x10};
    RelocatedCode copied = new RelocatedCode(SLOT, bytes, offsets, originals, 1);
    bytes[0] = 9;
    offsets[0] = 1;
    originals[0] = 9;
    copied.bytes()[1] = 9;

    assertThat(copied.bytes()).containsExactly(1, 2);
    assertThat(copied.entry()).isEqualTo(0x100);
    assertThat(copied.originalOf(0x100)).hasValue(0x10);
  }

  @Test
  void refusesPartsThatDoNotFit() {
    assertRefused(17, new int[] {0}, new long[] {1}, 1);
    assertRefused(4, new int[] {0}, new long[] {1}, 5);
    assertRefused(4, new int[] {0, 1}, new long[] {1}, 2);
    assertRefused(4, new int[] {}, new long[] {}, 2);
    assertRefused(4, new int[] {1, 0}, new long[] {1, 2}, 2);
    assertRefused(4, new int[] {-1}, new long[] {1}, 2);
    assertRefused(4, new int[] {3}, new long[] {1}, 2);
  }

  private static void assertRefused(int bytes, int[] offsets, long[] originals, int end) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RelocatedCode(SLOT, new byte[bytes], offsets, originals, end));
  }

  @Test
  void singleInstructionBehindAHead() {
    RelocatedCode single = new RelocatedCode(SLOT, new byte[9], new int[] {4}, new long[] {7}, 6);

    assertThat(single.slot()).isEqualTo(SLOT);
    assertThat(single.firstOriginal()).isEqualTo(7);
    assertThat(single.entry()).isEqualTo(0x104);
    assertThat(single.originalOf(0x100)).hasValue(7);
    assertThat(single.originalOf(0x105)).hasValue(7);
    assertThat(single.originalOf(0x106)).isEmpty();
    assertThat(single.startsInstruction(0x104)).isTrue();
    assertThat(single.startsInstruction(0x100)).isFalse();
    assertThat(single.startsInstruction(0x105)).isFalse();
  }

  @Test
  void instructionWithoutBytesStandsWhereTheNextOneDoes() {
    RelocatedCode code =
        new RelocatedCode(SLOT, new byte[9], new int[] {0, 2, 2, 4}, new long[] {5, 6, 7, 8}, 6);

    assertThat(code.originalOf(0x101)).hasValue(5);
    assertThat(code.originalOf(0x102)).hasValue(7);
    assertThat(code.startsInstruction(0x102)).isTrue();
    assertThat(code.originalOf(0x105)).hasValue(8);
    assertThat(code.firstOriginal()).isEqualTo(5);
  }

  @Test
  void copyWithoutAnyInstructionBytesStillKnowsItsOriginal() {
    RelocatedCode empty = new RelocatedCode(SLOT, new byte[3], new int[] {0}, new long[] {9}, 0);

    assertThat(empty.firstOriginal()).isEqualTo(9);
    assertThat(empty.originalOf(0x100)).isEmpty();
  }
}
