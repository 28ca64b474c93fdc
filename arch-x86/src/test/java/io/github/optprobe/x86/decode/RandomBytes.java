package io.github.optprobe.x86.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random code in which all encodings are frequent. */
final class RandomBytes {
  private static final int[] FIRST = {0x0F, 0xC4, 0xC5, 0x62, 0x66, 0x48, 0x8F};

  private RandomBytes() {}

  static List<byte[]> sequences(long seed, int count) {
    Random random = new Random(seed);
    List<byte[]> sequences = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      sequences.add(sequence(random));
    }
    return sequences;
  }

  private static byte[] sequence(Random random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    int choice = random.nextInt(2 * FIRST.length);
    if (choice < FIRST.length) {
      bytes[0] = (byte) FIRST[choice];
    }
    return bytes;
  }
}
