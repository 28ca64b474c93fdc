package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class AddressRangeTest {
  private static final long TOP = -1L;

  @Test
  void isNeverEmpty() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AddressRange(5, 4))
        .withMessageContaining("0x5")
        .withMessageContaining("0x4");
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.ofLength(5, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.ofLength(5, -1));
  }

  @Test
  void endsAreUnsigned() {
    AddressRange range = new AddressRange(0x7FFF_FFFF_FFFF_FFFFL, 0x8000_0000_0000_0000L);

    assertThat(range.length()).isEqualTo(2);
    assertThat(range.contains(Long.MIN_VALUE)).isTrue();
    assertThat(range.contains(Long.MIN_VALUE + 1)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new AddressRange(TOP, 0));
  }

  @Test
  void reachesTheTopOfTheAddressSpaceButNotBeyond() {
    assertThat(AddressRange.ofLength(TOP, 1)).isEqualTo(new AddressRange(TOP, TOP));
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.ofLength(TOP, 2));
  }

  @Test
  void wholeSpaceHasLengthZero() {
    assertThat(AddressRange.ALL.length()).isZero();
    assertThat(AddressRange.ALL.contains(0)).isTrue();
    assertThat(AddressRange.ALL.contains(TOP)).isTrue();
    assertThat(AddressRange.ALL.contains(AddressRange.ALL)).isTrue();
  }

  @Test
  void aroundIsCutOffAtTheEndsOfTheAddressSpace() {
    assertThat(AddressRange.around(10, 20, 5)).isEqualTo(new AddressRange(0, 15));
    assertThat(AddressRange.around(TOP - 3, 2, 20)).isEqualTo(new AddressRange(TOP - 5, TOP));
    assertThat(AddressRange.around(100, 0, 0)).isEqualTo(new AddressRange(100, 100));
    assertThat(AddressRange.around(0, 0, Long.MAX_VALUE))
        .isEqualTo(new AddressRange(0, Long.MAX_VALUE));
  }

  @Test
  void containsAndOverlapsAgreeWithAModelOnASmallSpace() {
    for (int a = 0; a < 8; a++) {
      for (int b = a; b < 8; b++) {
        for (int c = 0; c < 8; c++) {
          for (int d = c; d < 8; d++) {
            compare(a, b, c, d);
          }
        }
      }
    }
  }

  /** Moved so that the sign bit changes in the middle. */
  private static void compare(int a, int b, int c, int d) {
    long shift = Long.MAX_VALUE - 3;
    AddressRange one = new AddressRange(shift + a, shift + b);
    AddressRange two = new AddressRange(shift + c, shift + d);
    boolean overlap = Math.max(a, c) <= Math.min(b, d);

    assertThat(one.overlaps(two)).isEqualTo(overlap);
    assertThat(one.contains(two)).isEqualTo(a <= c && d <= b);
    assertThat(one.intersect(two).isPresent()).isEqualTo(overlap);
    if (overlap) {
      assertThat(one.intersect(two))
          .contains(new AddressRange(shift + Math.max(a, c), shift + Math.min(b, d)));
    }
    int order = a != c ? Integer.compare(a, c) : Integer.compare(b, d);
    assertThat(Integer.signum(one.compareTo(two))).isEqualTo(order);
  }
}
