package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;

/**
 * A fresh text memory for one rule.
 *
 * @param text the text memory
 * @param mapped code in it that may be overwritten with anything, at least 128 bytes, aligned to 16
 *     at its start; nothing is mapped for 16 bytes in front of it and behind it
 * @param resource what is closed afterwards: the target that holds the text
 */
public record TextUnderTest(TextMemory text, AddressRange mapped, AutoCloseable resource) {
  private static final int LEAST = 128;
  private static final int ALIGNMENT = 16;

  /**
   * Creates one.
   *
   * @throws IllegalArgumentException if less is mapped than the rules need, or it is not aligned
   */
  public TextUnderTest {
    if (Long.compareUnsigned(mapped.length(), LEAST) < 0 || mapped.first() % ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "the rules need %d bytes at a multiple of %d, not %s"
              .formatted(LEAST, ALIGNMENT, mapped));
    }
  }

  /** One with nothing to be closed. */
  public TextUnderTest(TextMemory text, AddressRange mapped) {
    this(text, mapped, () -> {});
  }

  long start() {
    return mapped.first();
  }

  /** The first address behind the code. */
  long end() {
    return mapped.last() + 1;
  }
}
