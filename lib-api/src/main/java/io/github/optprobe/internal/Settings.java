package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.HitRouter;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.text.TextMemory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What a registry is built from.
 *
 * @param executor runs the optimizer; null if it is run by hand
 * @param ownsExecutor whether closing the registry shuts it down
 * @param delay how long the optimizer waits for more work
 * @param windowPolicy what is believed of indirect jumps
 * @param batchLimit how many probes are patched with one set of synchronisations
 * @param lazyUnoptimize whether jumps that nobody wants stay until the optimizer runs
 * @param returnsIntoBuffers whether calls in windows may return into detour buffers
 * @param router told of what decides where hits go
 */
public record Settings(
    TextMemory text,
    List<Architecture> architectures,
    CodeMap codeMap,
    SymbolResolver symbols,
    boolean trustBoundaries,
    Optional<Gate> gate,
    List<ProbeListener> listeners,
    @Nullable ScheduledExecutorService executor,
    boolean ownsExecutor,
    Duration delay,
    WindowPolicy windowPolicy,
    int batchLimit,
    boolean lazyUnoptimize,
    boolean returnsIntoBuffers,
    HitRouter router) {

  /** Creates settings. */
  public Settings {
    architectures = List.copyOf(architectures);
    listeners = List.copyOf(listeners);
  }

  /** An executor with one daemon thread, for a registry of its own. */
  public static ScheduledExecutorService optimizerThread() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "optprobe-optimizer");
          thread.setDaemon(true);
          return thread;
        });
  }
}
