package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Makes cases one after the other, has them judged, and counts. */
final class CaseLoop {
  private final Generator generator;
  private final Judge judge;
  private final long seed;
  private final Counts counts;
  private final Map<Long, Finding> skipped;
  private final LongConsumer starts;
  private final byte[] bytes = new byte[CodeInput.CAPACITY];

  /**
   * Creates a loop.
   *
   * @param skipped cases that are not to be tried, and what is to be noted of them
   * @param starts is told the index of each case before it is tried
   */
  CaseLoop(
      Generator generator,
      Judge judge,
      long seed,
      Counts counts,
      Map<Long, Finding> skipped,
      LongConsumer starts) {
    this.generator = generator;
    this.judge = judge;
    this.seed = seed;
    this.counts = counts;
    this.skipped = skipped;
    this.starts = starts;
  }

  /** Does the cases up to an index. */
  void run(long to) {
    if (judge.wantsBatches()) {
      announce(to);
    }
    for (long index = counts.next; index < to; index++) {
      one(index);
      counts.next = index + 1;
    }
  }

  private void announce(long to) {
    List<byte[]> inputs = new ArrayList<>();
    for (long index = counts.next; index < to; index++) {
      int length = generator.generate(seed, index, bytes);
      inputs.add(Arrays.copyOf(bytes, length));
    }
    judge.announce(inputs);
  }

  private void one(long index) {
    int length = generator.generate(seed, index, bytes);
    if (!skipped.isEmpty() && skipped.containsKey(index)) {
      noteSkipped(index, length);
      return;
    }
    starts.accept(index);
    long caseSeed = caseSeed(seed, index);
    List<Finding> findings = judge.judge(bytes, length, caseSeed);
    for (int i = 0; i < findings.size(); i++) {
      note(findings.get(i), index, Arrays.copyOf(bytes, length), caseSeed);
    }
  }

  /** The seed that the oracles get for a case. */
  static long caseSeed(long seed, long index) {
    return seed * 0x9E37_79B9_7F4A_7C15L + index;
  }

  private void noteSkipped(long index, int length) {
    Finding finding = skipped.get(index);
    String hex = HexFormat.of().formatHex(bytes, 0, length);
    if (finding != null) {
      counts.unknown(finding, () -> new Bin(finding, 1, index, hex, hex, "the process ended"));
    }
  }

  private void note(Finding finding, long index, byte[] example, long caseSeed) {
    int entry = judge.known(finding, example);
    if (entry >= 0) {
      counts.known(entry);
    } else {
      counts.unknown(finding, () -> bin(finding, index, example, caseSeed));
    }
  }

  private Bin bin(Finding finding, long index, byte[] example, long caseSeed) {
    byte[] minimised = judge.minimise(finding, example, caseSeed);
    HexFormat hex = HexFormat.of();
    return new Bin(
        finding,
        1,
        index,
        hex.formatHex(example),
        hex.formatHex(minimised),
        judge.explain(minimised, caseSeed));
  }
}
