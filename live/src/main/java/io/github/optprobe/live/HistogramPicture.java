package io.github.optprobe.live;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Draws buckets as bars. */
final class HistogramPicture {
  private static final int WIDEST = 40;

  private final long[] buckets;
  private final int rangeWidth;
  private final int countWidth;
  private final long largest;

  private HistogramPicture(long[] buckets, int from, int to) {
    this.buckets = buckets;
    rangeWidth =
        IntStream.rangeClosed(from, to).map(bucket -> range(bucket).length()).max().orElse(0);
    largest = Arrays.stream(buckets).max().orElse(0);
    countWidth = Long.toString(largest).length();
  }

  static List<String> lines(long[] buckets) {
    int[] used = IntStream.range(0, buckets.length).filter(bucket -> buckets[bucket] > 0).toArray();
    if (used.length == 0) {
      return List.of();
    }
    int from = used[0];
    int to = used[used.length - 1];
    HistogramPicture picture = new HistogramPicture(buckets, from, to);
    return IntStream.rangeClosed(from, to).mapToObj(picture::line).toList();
  }

  private String line(int bucket) {
    String format = "%-" + rangeWidth + "s  %" + countWidth + "d %s";
    return format.formatted(range(bucket), buckets[bucket], bar(buckets[bucket])).stripTrailing();
  }

  /** What is there at all has a bar. */
  private String bar(long count) {
    int length = (int) Math.round((double) WIDEST * count / largest);
    return "█".repeat(count > 0 ? Math.max(length, 1) : 0);
  }

  private static String range(int bucket) {
    if (bucket == 0) {
      return "[0]";
    }
    long low = 1L << (bucket - 1);
    return "[%s, %s]".formatted(Long.toUnsignedString(low), Long.toUnsignedString(low + (low - 1)));
  }
}
