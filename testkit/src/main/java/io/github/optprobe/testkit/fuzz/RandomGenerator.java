package io.github.optprobe.testkit.fuzz;

/** Bytes without any idea behind them. */
final class RandomGenerator implements Generator {
  private final int length;
  private final CaseRandom random = new CaseRandom();

  /** Creates a generator of inputs of {@code length} bytes, at most 16. */
  RandomGenerator(int length) {
    this.length = length;
  }

  @Override
  public String name() {
    return "random";
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    random.at(seed, index);
    long low = random.next();
    long high = random.next();
    for (int i = 0; i < length; i++) {
      into[i] = (byte) ((i < Long.BYTES ? low : high) >>> (8 * (i % Long.BYTES)));
    }
    return length;
  }
}
