package io.github.optprobe.live;

import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.x86.X86_64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * This process as a target: probes on the native code that is loaded into it, while its threads run
 * it. On x86-64 Linux only; at most one at a time in a process. Thread-safe.
 *
 * <pre>{@code
 * try (LiveProcess live = LiveProcess.open()) {
 *   Counter calls = Counter.create();
 *   live.kprobes().register(Kprobe.at("libz.so.1", "deflate").preHandler(calls).build());
 *   …
 * }
 * }</pre>
 *
 * <p>Handlers in Java run on the thread that was hit, in its ordinary context, never in a signal
 * handler. They must not be hit where Java can not be called: in functions that the JVM calls by
 * itself (refused), in native code that runs inside a critical section of JNI or a critical call of
 * the foreign function interface (not known here: use a {@link MachineHandler} there).
 *
 * <p>Threads that block SIGTRAP are killed by a breakpoint, as by any breakpoint; jumps are none. A
 * probe is a breakpoint for a moment whenever its jump is written or removed.
 */
public final class LiveProcess implements AutoCloseable {
  private static final Object LOCK = new Object();
  private static final String OPEN = "io.github.optprobe.live.open";
  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

  private final ProcessMemory memory;
  private final Machinery machinery;
  private final LiveText text;
  private final LoadedLibraries libraries;
  private final LiveRouter router;
  private final LiveCpus cpus;
  private final Kprobes kprobes;
  private final String upcalls;
  private @Nullable Thread shutdownHook;
  private boolean closed;

  private LiveProcess(Builder builder) {
    LiveText.requireSynchronisation();
    X86_64 architecture = new X86_64();
    memory = ProcessMemory.shared(builder.byProtection);
    machinery = Machinery.install(memory);
    text = new LiveText(memory, machinery);
    libraries = new LoadedLibraries(architecture);
    SafetyRules rules = new SafetyRules(libraries);
    router = new LiveRouter(machinery, text, architecture, rules);
    cpus = new LiveCpus(machinery, memory, architecture, router);
    Kprobes.Builder registry =
        Kprobes.builder(text)
            .architecture(architecture)
            .gate(machinery.jumpGate().withCells(router))
            .router(router)
            .symbols(libraries)
            .codeMap(libraries)
            .windowPolicy(builder.windowPolicy);
    builder.listeners.forEach(registry::listener);
    if (builder.optimizerDelay != null) {
      registry.optimizerThread(builder.optimizerDelay);
    }
    kprobes = registry.build();
    router.setCpus(cpus);
    cpus.setKprobes(kprobes);
    text.setLooks(router);
    rules.blacklist(kprobes, machinery);
    Upcalls.Upcall upcall = Upcalls.of(cpus);
    upcalls = upcall.kind();
    machinery.callJava(upcall.address());
  }

  /**
   * Opens this process with the defaults of {@link #builder}.
   *
   * @throws UnsupportedOperationException if it can not be had here; the message says why in a
   *     sentence
   * @throws IllegalStateException if it is open already
   */
  public static LiveProcess open() {
    return builder().open();
  }

  /** Begins opening this process. */
  public static Builder builder() {
    return new Builder();
  }

  /** Why this can not be had here, in a sentence; empty if nothing is known to be in the way. */
  public static Optional<String> whyNot() {
    String system = System.getProperty("os.name", "");
    String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean here = system.equals("Linux") && (machine.equals("amd64") || machine.equals("x86_64"));
    return here
        ? Optional.empty()
        : Optional.of(
            "Probes on this very process need x86-64 Linux; this is %s on %s."
                .formatted(system, machine));
  }

  /** The registry of probes in this process. */
  public Kprobes kprobes() {
    return kprobes;
  }

  /** What is loaded into this process. */
  public LoadedLibraries libraries() {
    return libraries;
  }

  /** The text of this process. */
  public TextMemory text() {
    return text;
  }

  /** How handlers in Java are called: "JNA callback" or "FFM upcall". */
  public String upcalls() {
    return upcalls;
  }

  /** How often all threads were asked where they stand. */
  public long looks() {
    return text.samples();
  }

  /** How long that took in all; giving back the memory that was found free is not counted. */
  public Duration lookTime() {
    return Duration.ofNanos(text.sampleNanos());
  }

  /**
   * How many hits ran no handler because the thread was in two already, one inside the other: the
   * way to a handler itself runs through the probed code.
   */
  public long lost() {
    return machinery.lost();
  }

  /**
   * Unregisters all probes: the text is the original one when it returns, and Java is not called
   * any more. A call that a return probe tracks, and that has not returned, still finds its way
   * back. Memory that a thread may still be in stays allocated. Closing again does nothing.
   *
   * @throws io.github.optprobe.text.TextException if some text could not be restored
   */
  @Override
  public void close() {
    synchronized (LOCK) {
      if (closed) {
        return;
      }
      kprobes.close();
      closed = true;
      boolean quiet = awaitQuiet();
      machinery.stopCallingJava();
      if (quiet) {
        machinery.giveSignalsBack();
      }
      removeHook();
      System.clearProperty(OPEN);
    }
  }

  /** Handlers that run already may finish; breakpoints that were met already are still ours. */
  private boolean awaitQuiet() {
    long end = System.nanoTime() + CLOSING.toNanos();
    kprobes.runOptimizer();
    while (kprobes.liveSlots() > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      kprobes.runOptimizer();
    }
    return kprobes.liveSlots() == 0;
  }

  private void removeHook() {
    Thread hook = shutdownHook;
    if (hook != null && Thread.currentThread() != hook) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException isEnding) {
        // The JVM shuts down, and the hook finds everything closed.
        return;
      }
    }
  }

  /** Chooses how this process is opened. Not thread-safe. */
  public static final class Builder {
    private final List<ProbeListener> listeners = new ArrayList<>();
    private WindowPolicy windowPolicy = WindowPolicy.RELAXED;
    private @Nullable Duration optimizerDelay = Duration.ofMillis(5);
    private boolean byProtection;

    private Builder() {}

    /** Sets what is believed of indirect jumps; {@code RELAXED} if it is not called. */
    public Builder windowPolicy(WindowPolicy policy) {
      windowPolicy = policy;
      return this;
    }

    /** Sets how long the optimizer's thread waits for more work; 5 ms if it is not called. */
    public Builder optimizerDelay(Duration delay) {
      optimizerDelay = delay;
      return this;
    }

    /** Has the optimizer run by {@link Kprobes#runOptimizer} only. */
    public Builder optimizerByHand() {
      optimizerDelay = null;
      return this;
    }

    /** Adds somebody who is told of what happens to probes. */
    public Builder listener(ProbeListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Writes text by changing the protection of its pages, also where the system allows to write it
     * as it is. For a moment they are writable and executable.
     */
    public Builder writeByProtection() {
      byProtection = true;
      return this;
    }

    /**
     * Opens this process.
     *
     * @throws UnsupportedOperationException if it can not be had here; the message says why in a
     *     sentence
     * @throws IllegalStateException if it is open already
     */
    public LiveProcess open() {
      whyNot()
          .ifPresent(
              reason -> {
                throw new UnsupportedOperationException(reason);
              });
      synchronized (LOCK) {
        // A property, and no field: the module may be loaded twice, the process is one.
        if (System.getProperties().putIfAbsent(OPEN, "true") != null) {
          throw new IllegalStateException("this process is open already");
        }
        boolean done = false;
        try {
          LiveProcess live = new LiveProcess(this);
          Thread hook = new Thread(live::close, "optprobe-live-close");
          Runtime.getRuntime().addShutdownHook(hook);
          live.shutdownHook = hook;
          done = true;
          return live;
        } finally {
          if (!done) {
            System.clearProperty(OPEN);
          }
        }
      }
    }
  }
}
