package io.github.optprobe.arm32.forms;

import java.util.Random;

/** What lies in data and stack before a run. */
final class Contents {
  private final byte[] data = new byte[Space.ARENA_BYTES];
  private final byte[] stack = new byte[Space.ARENA_BYTES];

  Contents(long seed) {
    Random random = new Random(seed);
    random.nextBytes(data);
    // Words that lead somewhere when they are loaded into pc: half of them into the text.
    for (int i = 0; i < data.length; i += 8) {
      long address = Space.TEXT + random.nextInt(Space.TEXT_BYTES / 16) * 4L + random.nextInt(2);
      for (int k = 0; k < 4; k++) {
        data[i + k] = (byte) (address >>> (8 * k));
      }
    }
    System.arraycopy(data, 0, stack, 0, stack.length);
  }

  byte stackByte(long address) {
    return stack[(int) (address - Space.STACK)];
  }

  void writeInto(Space space) {
    space.data.memory().put(0, data);
    space.stack.memory().put(0, stack);
  }
}
