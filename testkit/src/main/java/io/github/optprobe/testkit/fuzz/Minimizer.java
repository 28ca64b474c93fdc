package io.github.optprobe.testkit.fuzz;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Makes an example small while a predicate holds: cut off the end, leave out units, clear units,
 * then parts of bytes. Units are bytes; in instruction sets of fixed width nothing is left out,
 * since that would be another instruction.
 */
final class Minimizer {
  private static final int[] PARTS = {0xFF, 0x0F, 0xF0, 1, 2, 4, 8, 16, 32, 64, 128};

  private final Predicate<byte[]> same;
  private final int unit;
  private int triesLeft;

  /**
   * Creates a minimiser.
   *
   * @param same whether bytes are an example of the same thing
   * @param unit the alignment of instructions
   * @param tries how often the predicate may be asked
   */
  Minimizer(Predicate<byte[]> same, int unit, int tries) {
    this.same = same;
    this.unit = unit;
    this.triesLeft = tries;
  }

  /**
   * The smallest example that was found, perhaps the given one.
   *
   * @param used how many bytes may have a part in it
   */
  byte[] minimise(byte[] example, int used) {
    byte[] best = tryInstead(example, Arrays.copyOf(example, Math.min(used, example.length)));
    best = cutOff(best);
    byte[] before;
    do {
      before = best;
      best = clear(unit == 1 ? leaveOut(best) : best);
    } while (best.length < before.length && triesLeft > 0);
    return best;
  }

  private byte[] cutOff(byte[] example) {
    byte[] best = example;
    for (int step = best.length / 2 / unit * unit; step >= unit; step = step / 2 / unit * unit) {
      byte[] shorter = Arrays.copyOf(best, best.length - step);
      best = shorter.length == 0 ? best : tryInstead(best, shorter);
    }
    return best;
  }

  private byte[] leaveOut(byte[] example) {
    byte[] best = example;
    int i = 0;
    while (i < best.length && best.length > 1) {
      byte[] shorter = without(best, i);
      byte[] next = tryInstead(best, shorter);
      i += next.length < best.length ? 0 : 1;
      best = next;
    }
    return best;
  }

  private static byte[] without(byte[] bytes, int index) {
    byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
    System.arraycopy(bytes, index + 1, shorter, index, bytes.length - index - 1);
    return shorter;
  }

  private byte[] clear(byte[] example) {
    byte[] best = example;
    for (int i = best.length - 1; i >= 0; i--) {
      for (int part : PARTS) {
        best = clear(best, i, part);
      }
    }
    return best;
  }

  private byte[] clear(byte[] best, int index, int mask) {
    if ((best[index] & mask) == 0) {
      return best;
    }
    byte[] simpler = best.clone();
    simpler[index] = (byte) (best[index] & ~mask);
    return tryInstead(best, simpler);
  }

  private byte[] tryInstead(byte[] best, byte[] candidate) {
    if (triesLeft <= 0 || Arrays.equals(best, candidate)) {
      return best;
    }
    triesLeft--;
    return same.test(candidate) ? candidate : best;
  }
}
