package io.github.optprobe.internal;

import io.github.optprobe.CodeMap;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.text.TextMemory;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What a registry is built from.
 *
 * @param executor runs the optimizer; null if it is run by hand
 * @param ownsExecutor whether closing the registry shuts it down
 * @param delay how long the optimizer waits for more work
 */
public record Settings(
    TextMemory text,
    List<Architecture> architectures,
    CodeMap codeMap,
    boolean trustBoundaries,
    OptionalLong gate,
    ProbeListener listener,
    @Nullable ScheduledExecutorService executor,
    boolean ownsExecutor,
    Duration delay) {

  /** Creates settings. */
  public Settings {
    architectures = List.copyOf(architectures);
  }
}
