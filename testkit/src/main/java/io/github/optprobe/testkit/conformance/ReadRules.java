package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.Random;

/** What is asked of reading. */
final class ReadRules {
  private static final byte MARK = 0x5A;

  private ReadRules() {}

  /** Writes random bytes over the first ones of the code and returns them. */
  static byte[] fill(TextUnderTest under, Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    under.text().write(under.start(), bytes);
    under.text().synchronizeCpus();
    return bytes;
  }

  static void returnsWhatWasWritten(TextUnderTest under, Random random) {
    byte[] bytes = fill(under, random, 64);
    Claims.sameBytes(bytes, under.text().readFully(under.start(), 64), "the code");
    byte[] middle = under.text().readFully(under.start() + 13, 29);
    Claims.sameBytes(Arrays.copyOfRange(bytes, 13, 42), middle, "29 bytes in the middle");
  }

  static void ofNothingReadsNothing(TextUnderTest under) {
    byte[] into = {MARK, MARK};
    Claims.that(under.text().read(under.start(), into, 1, 0) == 0, "0 bytes asked for, some read");
    Claims.that(under.text().read(under.end(), into, 2, 0) == 0, "0 bytes asked for, some read");
    Claims.sameBytes(new byte[] {MARK, MARK}, into, "the array");
  }

  static void leavesTheRestOfTheArray(TextUnderTest under, Random random) {
    byte[] bytes = fill(under, random, 8);
    byte[] into = new byte[16];
    Arrays.fill(into, MARK);
    byte[] expected = into.clone();
    System.arraycopy(bytes, 0, expected, 3, 8);
    under.text().read(under.start(), into, 3, 8);
    Claims.sameBytes(expected, into, "an array of 16 bytes, 8 of them read to offset 3");
  }

  static void acrossTheEndReadsWhatIsMapped(TextUnderTest under, Random random) {
    byte[] tail = new byte[7];
    random.nextBytes(tail);
    under.text().write(under.end() - 7, tail);
    under.text().synchronizeCpus();
    byte[] into = new byte[12];
    int count = under.text().read(under.end() - 7, into, 0, 12);
    Claims.that(count == 7, "7 bytes are mapped, the answer is %d", count);
    Claims.sameBytes(tail, Arrays.copyOf(into, 7), "the last 7 bytes");
  }

  static void ofUnmappedTextReadsNothing(TextUnderTest under) {
    byte[] into = new byte[16];
    int behind = under.text().read(under.end(), into, 0, 16);
    Claims.that(behind == 0, "behind the end %d bytes were read", behind);
    int before = under.text().read(under.start() - 8, into, 0, 16);
    Claims.that(before == 0, "from in front of the start %d bytes were read", before);
  }

  static void fullyFailsWhereSomeAreUnmapped(TextUnderTest under) {
    TextMemory text = under.text();
    long address = under.end() - 4;
    Claims.fails(Operation.READ, address, 8, () -> text.readFully(address, 8));
  }

  static void givesACopy(TextUnderTest under, Random random) {
    byte[] bytes = fill(under, random, 16);
    byte[] read = under.text().readFully(under.start(), 16);
    read[0] = (byte) ~read[0];
    Claims.sameBytes(bytes, under.text().readFully(under.start(), 16), "read again");
  }
}
