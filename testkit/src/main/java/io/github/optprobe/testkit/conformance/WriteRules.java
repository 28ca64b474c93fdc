package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.Random;

/** What is asked of writing and of synchronising. */
final class WriteRules {
  private static final int SIZE = 64;

  private WriteRules() {}

  static void changesNothingElse(TextUnderTest under, Random random) {
    byte[] expected = ReadRules.fill(under, random, SIZE);
    for (int length = 1; length <= 20; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      int at = 1 + random.nextInt(SIZE - length - 1);
      under.text().write(under.start() + at, bytes);
      under.text().synchronizeCpus();
      System.arraycopy(bytes, 0, expected, at, length);
      byte[] now = under.text().readFully(under.start(), SIZE);
      Claims.sameBytes(expected, now, "after a write of %d bytes at +%d".formatted(length, at));
    }
  }

  static void doesNotKeepTheArray(TextUnderTest under, Random random) {
    byte[] bytes = ReadRules.fill(under, random, SIZE);
    byte[] expected = bytes.clone();
    Arrays.fill(bytes, (byte) 0);
    Claims.sameBytes(expected, under.text().readFully(under.start(), SIZE), "later");
  }

  static void ofNothingChangesNothing(TextUnderTest under, Random random) {
    byte[] expected = ReadRules.fill(under, random, SIZE);
    under.text().write(under.start() + 5, new byte[0]);
    under.text().synchronizeCpus();
    Claims.sameBytes(expected, under.text().readFully(under.start(), SIZE), "the code");
  }

  static void reachesTheFirstAndTheLastByte(TextUnderTest under) {
    TextMemory text = under.text();
    text.write(under.start(), new byte[] {0x11});
    text.write(under.end() - 1, new byte[] {0x22});
    text.synchronizeCpus();
    Claims.sameBytes(new byte[] {0x11}, text.readFully(under.start(), 1), "the first byte");
    Claims.sameBytes(new byte[] {0x22}, text.readFully(under.end() - 1, 1), "the last byte");
  }

  static void acrossTheEndFails(TextUnderTest under) {
    long address = under.end() - 4;
    Claims.fails(Operation.WRITE, address, 8, () -> under.text().write(address, new byte[8]));
  }

  static void toUnmappedTextFails(TextUnderTest under) {
    long behind = under.end();
    Claims.fails(Operation.WRITE, behind, 3, () -> under.text().write(behind, new byte[3]));
    long before = under.start() - 8;
    Claims.fails(Operation.WRITE, before, 16, () -> under.text().write(before, new byte[16]));
  }

  static void thatFailsTouchesNothingElse(TextUnderTest under, Random random) {
    byte[] expected = ReadRules.fill(under, random, SIZE);
    byte[] rest = under.text().readFully(under.end() - 16, 12);
    writeAcrossTheEnd(under);
    Claims.sameBytes(expected, under.text().readFully(under.start(), SIZE), "the code's start");
    byte[] after = under.text().readFully(under.end() - 16, 12);
    Claims.sameBytes(rest, after, "in front of a write that failed");
  }

  static void thatFailsWritesNothing(TextUnderTest under) {
    byte[] before = {1, 2, 3, 4};
    under.text().write(under.end() - 4, before);
    under.text().synchronizeCpus();
    writeAcrossTheEnd(under);
    Claims.sameBytes(before, under.text().readFully(under.end() - 4, 4), "the last bytes");
  }

  private static void writeAcrossTheEnd(TextUnderTest under) {
    byte[] bytes = new byte[8];
    Arrays.fill(bytes, (byte) 0x77);
    try {
      under.text().write(under.end() - 4, bytes);
    } catch (TextException expected) {
      under.text().synchronizeCpus();
      return;
    }
    throw new AssertionError("a write across the end did not fail");
  }

  static void worksAgainAfterAFailure(TextUnderTest under, Random random) {
    writeAcrossTheEnd(under);
    byte[] bytes = ReadRules.fill(under, random, 16);
    Claims.sameBytes(bytes, under.text().readFully(under.start(), 16), "after a failed write");
  }

  static void atomicWidthIsAPowerOfTwo(TextUnderTest under) {
    int width = under.text().atomicStoreBytes();
    Claims.that(Integer.bitCount(width) == 1 && width >= 1 && width <= 16, "%d bytes", width);
    ReadRules.fill(under, new Random(width), 16);
    int again = under.text().atomicStoreBytes();
    Claims.that(again == width, "%d bytes, and then %d", width, again);
  }

  static void synchronizingChangesNothing(TextUnderTest under, Random random) {
    under.text().synchronizeCpus();
    byte[] bytes = ReadRules.fill(under, random, SIZE);
    under.text().synchronizeCpus();
    under.text().synchronizeCpus();
    Claims.sameBytes(bytes, under.text().readFully(under.start(), SIZE), "the code");
  }
}
