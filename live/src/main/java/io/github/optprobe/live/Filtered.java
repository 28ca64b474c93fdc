package io.github.optprobe.live;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.live.handler.Shards;

/**
 * A handler behind a condition. The condition is decided in machine code, so that a hit that it
 * rejects costs nanoseconds even where the handler behind it is in Java. A hit that a filter hands
 * to Java takes the other handlers of its place there too.
 */
public final class Filtered extends MachineHandler {
  private static final int PASSED = 0;
  private static final int REJECTED = 1;

  private final Condition condition;
  private final PreHandler delegate;
  private final Shards words = new Shards(2);

  private Filtered(Condition condition, PreHandler delegate) {
    this.condition = condition;
    this.delegate = delegate;
  }

  /**
   * Puts a condition in front of a handler.
   *
   * @param delegate any handler, in Java or not; its outcome is handed on
   */
  public static Filtered when(Condition condition, PreHandler delegate) {
    return new Filtered(condition, delegate);
  }

  /** How many hits did not fulfil the condition. */
  public long rejected() {
    return words.sum(REJECTED);
  }

  /** How many hits were handed to the delegate. */
  public long passed() {
    return words.sum(PASSED);
  }

  @Override
  public long hits() {
    return passed() + rejected();
  }

  @Override
  HandlerOutcome run(Kprobe probe, Registers registers) {
    boolean passes = condition.test(registers);
    words.increment(passes ? PASSED : REJECTED);
    return passes ? delegate.handle(probe, registers) : HandlerOutcome.CONTINUE;
  }

  Condition condition() {
    return condition;
  }

  PreHandler delegate() {
    return delegate;
  }

  @Override
  Needs needs() {
    Needs own = condition.needs();
    return delegate instanceof MachineHandler behind ? own.and(behind.needs()) : own;
  }

  /**
   * @throws IllegalStateException if the delegate is in Java, which a {@link JavaChain} cares for
   */
  @Override
  void emit(Frame frame) {
    if (!(delegate instanceof MachineHandler behind)) {
      throw new IllegalStateException("Java stands behind the filter");
    }
    Label rejects = new Label();
    Label end = new Label();
    condition.emit(frame, rejects);
    emitPassed(frame);
    behind.emit(frame);
    frame.code().jump(end);
    frame.code().bind(rejects);
    emitRejected(frame);
    frame.code().bind(end);
  }

  void emitPassed(Frame frame) {
    words.emitIncrement(frame.code(), PASSED);
  }

  void emitRejected(Frame frame) {
    words.emitIncrement(frame.code(), REJECTED);
  }

  @Override
  public String toString() {
    return "Filtered[" + condition + ": " + delegate + "]";
  }
}
