package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ByteArrayTextTest {
  private static final long BASE = 0x10000;

  private final byte[] code = {1, 2, 3, 4};
  private final ByteArrayText text = ByteArrayText.at(BASE, code);

  @Test
  void readsAcrossMappingsThatTouch() {
    text.map(BASE + 4, new byte[] {5, 6});

    assertThat(text.readFully(BASE + 2, 4)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void readIsTruncatedAtAGap() {
    text.map(BASE + 5, new byte[] {6});
    byte[] into = new byte[8];

    assertThat(text.read(BASE + 2, into, 1, 4)).isEqualTo(2);
    assertThat(into).containsExactly(0, 3, 4, 0, 0, 0, 0, 0);
    assertThat(text.read(BASE - 1, into, 0, 4)).isZero();
    assertThat(text.read(BASE + 4, into, 0, 1)).isZero();
  }

  @Test
  void readDoesNotWrapAroundTheAddressSpace() {
    text.map(-2L, new byte[] {7, 8});
    text.map(0, new byte[] {9});

    assertThat(text.read(-2L, new byte[4], 0, 4)).isEqualTo(2);
  }

  @Test
  void readFullySaysWhatIsMissing() {
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.readFully(BASE + 2, 3))
        .satisfies(
            failure -> {
              assertThat(failure.operation()).isEqualTo(TextException.Operation.READ);
              assertThat(failure.address()).isEqualTo(BASE + 2);
              assertThat(failure.length()).isEqualTo(3);
            })
        .withMessageContaining("0x10002");
  }

  @Test
  void writesIntoTheArrayItself() {
    text.write(BASE + 1, new byte[] {9});

    assertThat(code).containsExactly(1, 9, 3, 4);
  }

  @Test
  void writesAcrossMappingsThatTouch() {
    byte[] next = {5, 6};
    text.map(BASE + 4, next);
    text.write(BASE + 3, new byte[] {8, 9});

    assertThat(code).containsExactly(1, 2, 3, 8);
    assertThat(next).containsExactly(9, 6);
  }

  @Test
  void writesAllOrNothing() {
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.write(BASE + 3, new byte[] {8, 9}))
        .satisfies(
            failure -> assertThat(failure.operation()).isEqualTo(TextException.Operation.WRITE));
    assertThat(code).containsExactly(1, 2, 3, 4);
  }

  @Test
  void refusesMappingsThatOverlapWrapOrAreEmpty() {
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE + 3, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE - 1, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE - 1, new byte[9]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(-1L, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(0x50, new byte[0]));
  }

  @Test
  void allocatesNearestTheMiddle() {
    AddressRange around = AddressRange.around(BASE, 0x8000, 0x8000);

    // The middle itself is mapped; the next page above is as near as the one below and wins.
    assertThat(text.allocate(4096, around)).hasValue(BASE + 0x1000);
    assertThat(text.allocate(4096, around)).hasValue(BASE - 0x1000);
    assertThat(text.allocate(4096, around)).hasValue(BASE + 0x2000);
    assertThat(text.liveAllocations()).isEqualTo(3);
  }

  @Test
  void fillsAnIntervalToTheLastPageAndNeverOverAMapping() {
    AddressRange within = new AddressRange(BASE - 0x4000, BASE + 0x3FFF);
    int count = 0;
    for (OptionalLong a = text.allocate(4096, within);
        a.isPresent();
        a = text.allocate(4096, within)) {
      AddressRange got = AddressRange.ofLength(a.getAsLong(), 4096);
      assertThat(within.contains(got)).isTrue();
      assertThat(got.contains(BASE)).isFalse();
      assertThat(a.getAsLong() % 16).isZero();
      count++;
    }
    assertThat(count).isEqualTo(7);
    assertThat(code).containsExactly(1, 2, 3, 4);
  }

  @Test
  void findsThePlaceThatBeginsBelowTheMiddle() {
    // Longer than half of the interval: only a start below the middle fits.
    assertThat(text.allocate(0x3000, new AddressRange(0x20000, 0x23FFF))).isPresent();
    assertThat(text.allocate(0x4000, new AddressRange(0x30000, 0x33FFF))).hasValue(0x30000);
  }

  @Test
  void allocatesAnywhereInTheWholeAddressSpace() {
    assertThat(text.allocate(4096, AddressRange.ALL)).isPresent();
  }

  @Test
  void allocatesASingleByte() {
    assertThat(text.allocate(1, new AddressRange(0x20000, 0x20FFF))).isPresent();
  }

  @Test
  void neverAllocatesPageZero() {
    assertThat(text.allocate(16, new AddressRange(0, 0xFFF))).isEmpty();
    assertThat(text.allocate(4096, new AddressRange(0, 0x1FFF))).hasValue(0x1000);
    assertThat(text.allocate(4096, new AddressRange(0, 0x1FFF))).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThat(text.allocate(4097, new AddressRange(0x20000, 0x20FFF))).isEmpty();
    assertThat(text.allocate(4096, new AddressRange(0x20001, 0x21FFE))).isEmpty();
  }

  @Test
  void freedMemoryIsUnmappedAndFreeingTwiceIsRefused() {
    AddressRange within = new AddressRange(0x20000, 0x20FFF);
    long address = text.allocate(4096, within).orElseThrow();
    text.write(address, new byte[] {1});
    text.free(address);

    assertThat(text.liveAllocations()).isZero();
    assertThat(text.read(address, new byte[1], 0, 1)).isZero();
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.free(address))
        .withMessageContaining("0x20000");
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> text.free(BASE));
    assertThat(text.allocate(4096, within)).hasValue(address);
    assertThat(text.readFully(address, 1)).containsExactly(0);
  }

  @Test
  void isAlwaysQuiescent() {
    text.synchronizeCpus();

    assertThat(text.isQuiescent(AddressRange.ALL)).isTrue();
    assertThat(text.atomicStoreBytes()).isEqualTo(16);
  }
}
