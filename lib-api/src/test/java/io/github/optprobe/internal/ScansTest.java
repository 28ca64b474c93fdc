package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.ToyArchitecture;
import org.junit.jupiter.api.Test;

class ScansTest {
  private static final ToyArchitecture TOY = new ToyArchitecture();

  private final Scans scans = new Scans(ByteArrayText.at(0x1000, new byte[4 * Scans.KEPT]));

  private CodeScan scan(int index) {
    return scans.of(TOY, range(index));
  }

  private static AddressRange range(int index) {
    return AddressRange.ofLength(0x1000 + 2L * index, 2);
  }

  @Test
  void scansOnce() {
    assertThat(scan(1)).isSameAs(scan(1)).isNotSameAs(scan(2));
    assertThat(scan(1).range()).isEqualTo(range(1));
  }

  @Test
  void keepsThoseAskedForLast() {
    CodeScan often = scan(0);
    CodeScan seldom = scan(1);
    for (int i = 2; i < Scans.KEPT + 1; i++) {
      scan(i);
      assertThat(scan(0)).isSameAs(often);
    }

    assertThat(scan(0)).isSameAs(often);
    assertThat(scan(1)).isNotSameAs(seldom);
  }

  @Test
  void forgetsWhatOverlaps() {
    CodeScan before = scan(1);
    CodeScan within = scan(2);
    CodeScan behind = scan(3);
    scans.forget(AddressRange.ofLength(range(2).last(), 1));

    assertThat(scan(1)).isSameAs(before);
    assertThat(scan(2)).isNotSameAs(within);
    assertThat(scan(3)).isSameAs(behind);
    scans.forget(AddressRange.ALL);
    assertThat(scan(1)).isNotSameAs(before);
  }
}
