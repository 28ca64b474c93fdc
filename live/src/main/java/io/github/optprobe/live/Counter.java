package io.github.optprobe.live;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.live.handler.Shards;

/** Counts hits, exactly, whatever number of threads. */
public final class Counter extends MachineHandler {
  private final Shards words = new Shards(1);

  private Counter() {}

  /** Makes a counter that says 0. */
  public static Counter create() {
    return new Counter();
  }

  /** How many hits there were. */
  public long sum() {
    return words.sum(0);
  }

  /** Begins at 0 again. A hit at the same moment is counted before or after it, never lost. */
  public void reset() {
    words.reset();
  }

  @Override
  public long hits() {
    return sum();
  }

  @Override
  HandlerOutcome run(Kprobe probe, Registers registers) {
    words.increment(0);
    return HandlerOutcome.CONTINUE;
  }

  @Override
  Needs needs() {
    return Needs.LEAST;
  }

  @Override
  void emit(Frame frame) {
    words.emitIncrement(frame.code(), 0);
  }

  @Override
  public String toString() {
    return "Counter[" + sum() + "]";
  }
}
