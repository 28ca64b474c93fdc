package io.github.optprobe.live;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Needs;
import java.util.concurrent.atomic.LongAdder;

/**
 * A handler that is compiled to machine code and runs inside the hit, without Java. Where it cannot
 * (a Java handler stands at the same place, the hit came by a trap whose instruction is emulated,
 * the target is an emulator), {@code handle} does the same to the same memory, so that the results
 * count every hit once either way. It changes nothing of the probed program. The child of a fork
 * counts in its own copy of the memory.
 *
 * <p>One handler may serve any number of kprobes. Results may be read at any time, by any thread,
 * while hits go on: they are then as good as the moment. The native memory that holds them stays
 * until the process ends, since code that uses it may be running when nobody in Java knows the
 * handler any more: make handlers once, not per call. All are thread-safe.
 */
public abstract sealed class MachineHandler implements PreHandler
    permits Counter, Filtered, Histogram, Recorder {

  private final LongAdder inJava = new LongAdder();

  MachineHandler() {}

  @Override
  public final HandlerOutcome handle(Kprobe probe, Registers registers) {
    inJava.increment();
    return run(probe, registers);
  }

  /** Does in Java what the code does. */
  abstract HandlerOutcome run(Kprobe probe, Registers registers);

  /** How often it ran as machine code; from the last reset on, as far as that can be told. */
  final long machineHits() {
    return Math.max(0, hits() - inJava.sum());
  }

  /** How often it ran, as machine code or in Java, since it was made or last reset. */
  public abstract long hits();

  /** What its code wants of the frame. */
  abstract Needs needs();

  /** Writes its code. */
  abstract void emit(Frame frame);
}
