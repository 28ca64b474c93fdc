package io.github.optprobe.toy;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A text memory that can do one thing at a time, as one that stops the machine: a step that begins
 * while another is in progress, on this thread or on any, is an error.
 */
public final class OneAtATimeText extends ForwardingText {
  private final AtomicReference<String> inProgress = new AtomicReference<>();

  /** Watches over {@code delegate}. */
  public OneAtATimeText(TextMemory delegate) {
    super(delegate);
  }

  @Override
  public void write(long address, byte[] bytes) {
    alone("a write", () -> run(() -> super.write(address, bytes)));
  }

  @Override
  public void synchronizeCpus() {
    alone("a synchronisation", () -> run(super::synchronizeCpus));
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    return alone("an allocation", () -> super.allocate(bytes, within));
  }

  @Override
  public void free(long address) {
    alone("a free", () -> run(() -> super.free(address)));
  }

  private static boolean run(Runnable step) {
    step.run();
    return true;
  }

  private <T> T alone(String what, Supplier<T> step) {
    String other = inProgress.compareAndExchange(null, what);
    if (other != null) {
      throw new IllegalStateException(what + " inside of " + other);
    }
    try {
      return step.get();
    } finally {
      inProgress.set(null);
    }
  }
}
