package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.text.TextException;
import java.lang.System.Logger.Level;

/** Tells the listener, and the log where something failed. */
final class Reporter {
  private static final System.Logger LOG = System.getLogger("io.github.optprobe");

  private final ProbeListener listener;

  Reporter(ProbeListener listener) {
    this.listener = listener;
  }

  void handlerFailed(Kprobe probe, Throwable failure) {
    LOG.log(Level.WARNING, "a handler of " + probe + " failed; the program goes on", failure);
    tell(() -> listener.handlerFailed(probe, failure));
  }

  void reclaimFailed(CodeAddress address, TextException failure) {
    LOG.log(Level.WARNING, "what a failed registration left at " + address + " stays", failure);
  }

  void optimized(CodeAddress address) {
    tell(() -> listener.optimized(address));
  }

  void unoptimized(CodeAddress address) {
    tell(() -> listener.unoptimized(address));
  }

  void optimizeFailed(CodeAddress address, TextException failure) {
    LOG.log(Level.WARNING, "optimizing the probe at " + address + " failed", failure);
    tell(() -> listener.optimizeFailed(address, failure));
  }

  /** A listener that throws must not undo half of what it was told about. */
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "a probe listener failed", failure);
    }
  }
}
