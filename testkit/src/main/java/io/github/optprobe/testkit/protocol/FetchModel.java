package io.github.optprobe.testkit.protocol;

/**
 * What the CPUs promise of stores that are fetched as instructions before the CPUs are
 * synchronised: of each store, a CPU sees all, nothing or, where it is not atomic, any bytes of it;
 * of two stores, it may see either one without the other; one fetch promises nothing for the next.
 * After a synchronisation it sees everything.
 *
 * <p>That is what {@link io.github.optprobe.text.TextMemory} lets a patcher rely on, and no more:
 * most CPUs promise more, some of it silently. Sources: Intel SDM volume 3, 9.1.3 (cross-modifying
 * code) and 9.1.1 (guaranteed atomic operations); Arm Architecture Reference Manual, A3.5.4
 * (concurrent modification and execution of instructions).
 *
 * @param atomicStoreBytes what the text says of itself: a store is whole if it does not cross a
 *     multiple of this; 1, 2, 4, 8 or 16
 * @param wholeWithin a store is whole, too, if it does not cross a multiple of this: the size of a
 *     cache line where the CPUs store and fetch by line; a power of two, not below {@code
 *     atomicStoreBytes}
 */
public record FetchModel(int atomicStoreBytes, int wholeWithin) {

  /**
   * Creates a model.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public FetchModel {
    if (Integer.bitCount(atomicStoreBytes) != 1 || atomicStoreBytes < 1 || atomicStoreBytes > 16) {
      throw new IllegalArgumentException("not 1, 2, 4, 8 or 16: " + atomicStoreBytes);
    }
    if (Integer.bitCount(wholeWithin) != 1 || wholeWithin < atomicStoreBytes) {
      throw new IllegalArgumentException(
          "not a power of two of at least %d: %d".formatted(atomicStoreBytes, wholeWithin));
    }
  }

  /**
   * CPUs for which aligned stores of so many bytes are atomic, and no others.
   *
   * @param bytes 1, 2, 4, 8 or 16
   */
  public static FetchModel aligned(int bytes) {
    return new FetchModel(bytes, bytes);
  }

  /**
   * CPUs for which every store is atomic that does not cross a cache line, whatever the text says
   * of itself.
   *
   * @param atomicStoreBytes what the text says of itself: 1, 2, 4, 8 or 16
   * @param lineBytes the size of a line, such as 64
   */
  public static FetchModel cacheLines(int atomicStoreBytes, int lineBytes) {
    return new FetchModel(atomicStoreBytes, lineBytes);
  }

  /** Whether a store of {@code length} bytes is seen whole or not at all. */
  boolean isWhole(long address, int length) {
    return length <= 1 || address / wholeWithin == (address + length - 1) / wholeWithin;
  }
}
