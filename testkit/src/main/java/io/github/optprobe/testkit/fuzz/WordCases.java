package io.github.optprobe.testkit.fuzz;

/** Writes words of instruction sets of fixed width as they lie in memory, little-endian. */
final class WordCases {
  private WordCases() {}

  /**
   * Writes a word.
   *
   * @param halfwords whether the upper halfword comes first, as in T32
   */
  static int put(int word, boolean halfwords, byte[] into) {
    int inMemory = halfwords ? Integer.rotateLeft(word, Short.SIZE) : word;
    for (int i = 0; i < Integer.BYTES; i++) {
      into[i] = (byte) (inMemory >>> (8 * i));
    }
    return Integer.BYTES;
  }

  /** Whether the instruction set is made of halfwords. */
  static boolean ofHalfwords(String instructionSet) {
    return instructionSet.equals("t32");
  }
}
