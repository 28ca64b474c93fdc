package io.github.optprobe.live;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.arch.Registers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Handlers by chance, and what they have seen. Equal generators give equal handlers. */
final class Generated {
  private static final List<BiFunction<Operand, Long, Condition>> COMPARISONS =
      List.of(
          Condition::equalTo,
          Condition::notEqualTo,
          Condition::below,
          Condition::atLeast,
          Condition::above,
          Condition::atMost,
          Condition::lessThan,
          Condition::greaterThan,
          Condition::bitsSet);

  private final Situation situation;
  private final Random random;

  Generated(Situation situation, long seed) {
    this.situation = situation;
    random = new Random(seed);
  }

  List<MachineHandler> handlers() {
    List<MachineHandler> handlers = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      handlers.add(handler());
    }
    return handlers;
  }

  private MachineHandler handler() {
    return switch (random.nextInt(6)) {
      case 0 -> Counter.create();
      case 1 -> Histogram.of(situation.operand(random));
      case 2 -> Recorder.of(1 + random.nextInt(4), operands());
      default -> Filtered.when(condition(), random.nextInt(4) == 0 ? new JavaCount() : handler());
    };
  }

  private Operand[] operands() {
    Operand[] operands = new Operand[random.nextInt(5)];
    Arrays.setAll(operands, i -> situation.operand(random));
    return operands;
  }

  private Condition condition() {
    Condition first = comparison();
    return random.nextInt(4) == 0 ? first.and(comparison(), condition()) : first;
  }

  private Condition comparison() {
    Operand operand = situation.operand(random);
    long constant = situation.constant(random, operand);
    BiFunction<Operand, Long, Condition> comparison =
        COMPARISONS.get(random.nextInt(COMPARISONS.size()));
    return comparison.apply(operand, constant);
  }

  /** What a handler has seen, without the time. Drains recorders. */
  static String seen(PreHandler handler) {
    if (handler instanceof Histogram histogram) {
      return Arrays.toString(histogram.buckets());
    } else if (handler instanceof Recorder recorder) {
      return recorder.hits() + " " + recorder.dropped() + samples(recorder);
    } else if (handler instanceof Filtered filter) {
      return filter.passed() + "+" + filter.rejected() + ":" + seen(filter.delegate());
    }
    return handler.toString();
  }

  private static String samples(Recorder recorder) {
    StringBuilder text = new StringBuilder();
    recorder.drain(sample -> text.append(sample.thread()).append(Arrays.toString(sample.values())));
    return text.toString();
  }

  /** A handler that needs Java. */
  static final class JavaCount implements PreHandler {
    private final AtomicLong count = new AtomicLong();

    @Override
    public HandlerOutcome handle(Kprobe probe, Registers registers) {
      count.incrementAndGet();
      return HandlerOutcome.CONTINUE;
    }

    @Override
    public String toString() {
      return "Java " + count;
    }
  }
}
