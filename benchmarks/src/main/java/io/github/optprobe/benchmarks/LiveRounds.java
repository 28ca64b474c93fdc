package io.github.optprobe.benchmarks;

import io.github.optprobe.Kprobes;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Measures cases in turn, one batch of each in every round, so that what disturbs the machine for a
 * while disturbs all of them. The first case is the one that others are compared with.
 */
final class LiveRounds {
  private static final double BATCH_NANOS = 1_000_000;
  private static final long FEWEST = 200;
  private static final int WARM_UP_ROUNDS = 40;

  private final Kprobes kprobes;
  private final List<LiveCase> cases;
  private final long[] times;
  private final long[] expected;
  private final double[][] nanos;

  /**
   * Prepares it: how many calls take about a millisecond is found out for each case, and what they
   * return without a probe.
   */
  LiveRounds(Kprobes kprobes, List<LiveCase> cases, int rounds) {
    this.kprobes = kprobes;
    this.cases = List.copyOf(cases);
    times = new long[cases.size()];
    expected = new long[cases.size()];
    nanos = new double[cases.size()][rounds];
    Arrays.fill(times, FEWEST);
  }

  /** Measures. */
  void run() throws InterruptedException {
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (int i = 0; i < times.length; i++) {
        times[i] = Math.max(FEWEST, Math.min(cases.get(i).most(), (long) (BATCH_NANOS / batch(i))));
      }
    }
    for (int round = 0; round < nanos[0].length; round++) {
      for (int i = 0; i < times.length; i++) {
        nanos[i][round] = batch(i);
      }
    }
  }

  private double batch(int index) throws InterruptedException {
    LiveCase each = cases.get(index);
    expected[index] = each.calls().make(times[index]);
    return each.measure(kprobes, times[index], expected[index]);
  }

  /** The median of a case, in nanoseconds per call. */
  double nanos(LiveCase each) {
    return median(nanos[cases.indexOf(each)]);
  }

  /** How many nanoseconds a case costs more than the first: the median over the rounds. */
  double over(LiveCase each) {
    return compare(each, cases.get(0), (mine, plain) -> mine - plain);
  }

  /** How many times what a case costs more than the first another costs more: the median. */
  double timesOver(LiveCase dear, LiveCase cheap) {
    double[] plain = nanos[0];
    double[] dearer = nanos[cases.indexOf(dear)];
    double[] cheaper = nanos[cases.indexOf(cheap)];
    double[] ratios = new double[plain.length];
    Arrays.setAll(ratios, i -> (dearer[i] - plain[i]) / (cheaper[i] - plain[i]));
    return median(ratios);
  }

  private double compare(LiveCase one, LiveCase other, DoubleBinaryOperator by) {
    double[] mine = nanos[cases.indexOf(one)];
    double[] others = nanos[cases.indexOf(other)];
    double[] compared = new double[mine.length];
    Arrays.setAll(compared, i -> by.applyAsDouble(mine[i], others[i]));
    return median(compared);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
