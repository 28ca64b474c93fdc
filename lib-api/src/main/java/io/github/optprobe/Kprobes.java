package io.github.optprobe;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.internal.Registry;
import io.github.optprobe.internal.Settings;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The registry of kprobes in one text: puts them there, keeps each as cheap as the text allows, and
 * takes them out again.
 *
 * <p>A registered kprobe is armed with a breakpoint at once. If its window may be overwritten, the
 * optimizer replaces the breakpoint by a jump: when {@link #runOptimizer()} is called, or on its
 * own thread if the registry was built with one.
 *
 * <p>Thread-safe: every operation may be called from any thread, handlers included; hits never wait
 * for them.
 */
public final class Kprobes implements AutoCloseable {
  private final Registry registry;

  private Kprobes(Settings settings) {
    registry = new Registry(settings);
  }

  /** Begins a registry over {@code text}. */
  public static Builder builder(TextMemory text) {
    return new Builder(text);
  }

  /**
   * Registers a kprobe, and arms it unless it starts disabled.
   *
   * @throws RefusedException if the address can not be probed; the text is untouched
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it was
   * @throws IllegalStateException if the registry is closed
   */
  public ProbeHandle register(Kprobe kprobe) {
    return registry.register(kprobe);
  }

  /**
   * Says what would become of a probe at an address, tier by tier, and what would be written.
   * Nothing is written; slots are taken and given back.
   *
   * @throws RefusedException if no architecture knows the instruction set
   * @throws io.github.optprobe.text.TextException if the text memory fails to allocate
   */
  public Explanation explain(CodeAddress address) {
    return registry.explain(address);
  }

  /**
   * Runs one pass of the optimizer: writes the jumps that are queued and whose windows are
   * quiescent, and frees what removed probes left behind. A store that fails leaves a breakpoint
   * and is reported in the result, to the listener and by {@link ProbeHandle#whyNotOptimized()}.
   */
  public OptimizerPass runOptimizer() {
    return registry.runOptimizer();
  }

  /**
   * A place where a target reports the traps of one CPU or thread.
   *
   * @param memory the data memory of that CPU, in which detour buffers save registers; {@link
   *     DataMemory#NONE} if the registry has no gate and no architecture emulates instructions
   */
  public Cpu newCpu(DataMemory memory) {
    return registry.newCpu(memory);
  }

  /** All registered kprobes, by address, those at one address in registration order. */
  public List<ProbeHandle> probes() {
    return registry.probes();
  }

  /**
   * The original address for a program counter in an insn slot or detour buffer, for faults and
   * stack walks; empty for every other address, and behind the last relocated instruction.
   */
  public OptionalLong originalAddress(long programCounter) {
    return registry.originalAddress(programCounter);
  }

  /**
   * The original instruction whose relocated form starts exactly at {@code programCounter}; empty
   * elsewhere. With it a trace of a probed run becomes a trace of original instructions.
   */
  public OptionalLong relocatedInstructionAt(long programCounter) {
    return registry.relocatedInstructionAt(programCounter);
  }

  /** The text as it would be without any probe. Thread-safe; waits for registry operations. */
  public TextReader originalText() {
    return registry.originalText();
  }

  /** How many insn slots and detour buffers are in use, or wait to be freed. */
  public int liveSlots() {
    return registry.liveSlots();
  }

  /**
   * Unregisters all kprobes and stops the optimizer's thread. Slots that a CPU still stands in stay
   * allocated. Closing again does nothing, unless some text could not be restored: it is tried
   * again.
   *
   * @throws io.github.optprobe.text.TextException if some text could not be restored; all other is
   */
  @Override
  public void close() {
    registry.close();
  }

  /** Builds a {@link Kprobes}. Not thread-safe. */
  public static final class Builder {
    private final TextMemory text;
    private final List<Architecture> architectures = new ArrayList<>();
    private CodeMap codeMap = CodeMap.empty();
    private boolean trustBoundaries;
    private OptionalLong gate = OptionalLong.empty();
    private ProbeListener listener = ProbeListener.NONE;
    private @Nullable ScheduledExecutorService executor;
    private boolean ownsExecutor;
    private Duration delay = Duration.ZERO;

    private Builder(TextMemory text) {
      this.text = text;
    }

    /**
     * Adds an architecture. If none is added, all those that {@link Architectures#all()} finds are
     * used.
     */
    public Builder architecture(Architecture architecture) {
      architectures.add(architecture);
      return this;
    }

    /**
     * Says what is known of the code. Without it only {@link #trustBoundaries()} lets probes in.
     */
    public Builder codeMap(CodeMap map) {
      codeMap = map;
      return this;
    }

    /**
     * Takes the caller's word that an instruction starts at every address given, also where the
     * code map knows no function. Windows of several instructions still need a known function.
     */
    public Builder trustBoundaries() {
      trustBoundaries = true;
      return this;
    }

    /** Sets the address that detour buffers call; without one nothing is optimized. */
    public Builder gate(long address) {
      gate = OptionalLong.of(address);
      return this;
    }

    /** Sets who is told of what happens to probes. */
    public Builder listener(ProbeListener newListener) {
      listener = newListener;
      return this;
    }

    /**
     * Runs the optimizer on an executor, {@code newDelay} after there is work for it. Without this
     * it is run by hand. The executor stays the caller's.
     */
    public Builder optimizer(ScheduledExecutorService newExecutor, Duration newDelay) {
      executor = newExecutor;
      ownsExecutor = false;
      delay = newDelay;
      return this;
    }

    /** Runs the optimizer on a daemon thread of its own, which closing the registry ends. */
    public Builder optimizerThread(Duration newDelay) {
      executor = null;
      ownsExecutor = true;
      delay = newDelay;
      return this;
    }

    /**
     * Builds the registry.
     *
     * @throws IllegalArgumentException if there is no architecture
     */
    public Kprobes build() {
      List<Architecture> known = architectures.isEmpty() ? Architectures.all() : architectures;
      if (known.isEmpty()) {
        throw new IllegalArgumentException(
            "no architecture was given and none was found; add the module of one as a dependency");
      }
      // Made here and not when it was asked for: one builder may build several registries.
      ScheduledExecutorService optimizer = ownsExecutor ? daemonThread() : executor;
      return new Kprobes(
          new Settings(
              text,
              known,
              codeMap,
              trustBoundaries,
              gate,
              listener,
              optimizer,
              ownsExecutor,
              delay));
    }

    private static ScheduledExecutorService daemonThread() {
      return Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "optprobe-optimizer");
            thread.setDaemon(true);
            return thread;
          });
    }
  }
}
