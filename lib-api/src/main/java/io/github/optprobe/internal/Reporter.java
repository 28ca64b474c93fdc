package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.Refusal;
import io.github.optprobe.text.TextException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/** Tells the listeners, counts, and tells the log where something failed. */
final class Reporter {
  private final System.Logger log;
  private final List<ProbeListener> listeners;
  private long optimized;
  private long unoptimized;
  private long failed;

  Reporter(List<ProbeListener> listeners) {
    this(listeners, System.getLogger("io.github.optprobe"));
  }

  Reporter(List<ProbeListener> listeners, System.Logger log) {
    this.log = log;
    this.listeners = List.copyOf(listeners);
  }

  void handlerFailed(Probe probe, Throwable failure) {
    log.log(Level.WARNING, "a handler of " + probe + " failed; the program goes on", failure);
    tell(listener -> listener.handlerFailed(probe, failure));
  }

  void restoreFailed(CodeAddress address, TextException failure) {
    log.log(
        Level.WARNING,
        "the text at " + address + " could not be restored; the next pass tries again",
        failure);
  }

  void registered(ProbeHandle probe) {
    tell(listener -> listener.registered(probe));
  }

  void unregistered(ProbeHandle probe) {
    tell(listener -> listener.unregistered(probe));
  }

  void enabled(ProbeHandle probe, boolean now) {
    tell(now ? listener -> listener.enabled(probe) : listener -> listener.disabled(probe));
  }

  void gone(ProbeHandle probe) {
    tell(listener -> listener.gone(probe));
  }

  void notOptimized(CodeAddress address, Refusal reason) {
    tell(listener -> listener.notOptimized(address, reason));
  }

  void optimized(CodeAddress address) {
    optimized++;
    tell(listener -> listener.optimized(address));
  }

  void unoptimized(CodeAddress address) {
    unoptimized++;
    tell(listener -> listener.unoptimized(address));
  }

  void optimizeFailed(CodeAddress address, TextException failure) {
    failed++;
    log.log(Level.WARNING, "optimizing the probe at " + address + " failed", failure);
    tell(listener -> listener.optimizeFailed(address, failure));
  }

  long optimizedTotal() {
    return optimized;
  }

  long unoptimizedTotal() {
    return unoptimized;
  }

  long failedTotal() {
    return failed;
  }

  /** A listener that throws, an error too, must not undo half of what it was told about. */
  private void tell(Consumer<ProbeListener> call) {
    for (ProbeListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable failure) {
        log.log(Level.WARNING, "a probe listener failed", failure);
      }
    }
  }
}
