package io.github.optprobe.testkit.fuzz;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a campaign: the cases from one index to another. All shards of a campaign together are
 * all of its cases, each once.
 *
 * @param number from 1 to {@code count}
 * @param count how many shards there are, at least 1
 */
public record Shard(int number, int count) {
  /** The whole campaign. */
  public static final Shard WHOLE = new Shard(1, 1);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  /**
   * Creates a shard.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Shard {
    if (count < 1 || number < 1 || number > count) {
      throw new IllegalArgumentException("no such shard: %d/%d".formatted(number, count));
    }
  }

  /**
   * Reads a shard such as {@code 3/16}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Shard parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a shard looks like 3/16, not like " + text);
    }
    return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** The first case of this shard, of {@code cases} in all. */
  public long from(long cases) {
    return bound(number - 1L, cases);
  }

  /** The case behind the last one. */
  public long to(long cases) {
    return bound(number, cases);
  }

  private long bound(long shards, long cases) {
    return cases / count * shards + cases % count * shards / count;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return number + "/" + count;
  }
}
