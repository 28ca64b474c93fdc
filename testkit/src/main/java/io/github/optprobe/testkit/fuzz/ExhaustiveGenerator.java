package io.github.optprobe.testkit.fuzz;

import java.util.OptionalLong;

/**
 * Each encoding once, in order: the index says which. Behind a halfword stands a random one, of
 * which nothing may depend.
 */
final class ExhaustiveGenerator implements Generator {
  private static final int FIRST_WIDE = 0xE800;

  private final String name;
  private final boolean halfwords;
  private final boolean narrow;
  private final long first;
  private final long size;
  private final CaseRandom random = new CaseRandom();

  private ExhaustiveGenerator(
      String name, boolean halfwords, boolean narrow, long first, long size) {
    this.name = name;
    this.halfwords = halfwords;
    this.narrow = narrow;
    this.first = first;
    this.size = size;
  }

  /** All encodings of T32 with one halfword: those below 0xE800. */
  static ExhaustiveGenerator ofHalfwords() {
    return new ExhaustiveGenerator("exhaustive", true, true, 0, FIRST_WIDE);
  }

  /** All encodings of T32 with two halfwords: the first from 0xE800 on. */
  static ExhaustiveGenerator ofWideT32() {
    return new ExhaustiveGenerator(
        "exhaustive-wide",
        true,
        false,
        (long) FIRST_WIDE << Short.SIZE,
        (long) (0x1_0000 - FIRST_WIDE) << Short.SIZE);
  }

  /** All words of A32. */
  static ExhaustiveGenerator ofWords() {
    return new ExhaustiveGenerator("exhaustive", false, false, 0, 0x1_0000_0000L);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    long encoding = first + index;
    if (narrow) {
      int behind = random.at(seed, index).below(1 << 16);
      return WordCases.put((int) (index << 16) | behind, halfwords, into);
    }
    return WordCases.put((int) encoding, halfwords, into);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(size);
  }
}
