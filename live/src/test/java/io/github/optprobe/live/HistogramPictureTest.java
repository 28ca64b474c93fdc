package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramPictureTest {

  @Test
  void nothing_is_no_line() {
    assertThat(HistogramPicture.lines(new long[65])).isEmpty();
  }

  @Test
  void lines_go_from_the_first_bucket_that_has_something_to_the_last() {
    long[] buckets = new long[65];
    buckets[0] = 1;
    buckets[1] = 100;
    buckets[3] = 50;
    assertThat(HistogramPicture.lines(buckets))
        .containsExactly(
            "[0]       1 █",
            "[1, 1]  100 " + "█".repeat(40),
            "[2, 3]    0",
            "[4, 7]   50 " + "█".repeat(20));
  }

  @Test
  void the_last_bucket_ends_at_the_largest_unsigned_number() {
    long[] buckets = new long[65];
    buckets[64] = 3;
    assertThat(HistogramPicture.lines(buckets))
        .containsExactly("[9223372036854775808, 18446744073709551615]  3 " + "█".repeat(40));
  }
}
