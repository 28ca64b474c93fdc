package io.github.optprobe;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.internal.Registry;
import io.github.optprobe.internal.Settings;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The registry of probes in one text: puts them there, keeps each as cheap as the text allows, and
 * takes them out again.
 *
 * <p>A registered probe is armed with a breakpoint at once. If its window may be overwritten, the
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
   * Registers a kprobe, and arms it unless it starts disabled or all probes are disarmed.
   *
   * @throws RefusedException if the place can not be probed; the text is untouched
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it was
   * @throws IllegalStateException if the registry is closed
   */
  public ProbeHandle register(Kprobe kprobe) {
    return registry.register(List.of(kprobe)).get(0);
  }

  /**
   * Registers a return probe; see {@link #register(Kprobe)} for what it throws.
   *
   * @param <D> the data that each call carries
   */
  @SuppressWarnings("unchecked") // A registry answers a return probe with a handle of its own.
  public <D> ReturnProbeHandle<D> register(Kretprobe<D> kretprobe) {
    return (ReturnProbeHandle<D>) registry.register(List.of(kretprobe)).get(0);
  }

  /**
   * Registers probes of either kind, all or none, with one set of synchronisations for many. No
   * handler runs before all are registered.
   *
   * @return their handles, in the same order; that of a {@link Kretprobe} is a {@link
   *     ReturnProbeHandle}
   * @throws RefusedException if one of the places can not be probed; the text is untouched
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it was
   * @throws IllegalStateException if the registry is closed
   */
  public List<ProbeHandle> registerAll(List<? extends Probe> probes) {
    return registry.register(probes);
  }

  /**
   * Unregisters probes, all or none, with one set of synchronisations for many.
   *
   * @throws IllegalArgumentException if a handle is there twice or is not this registry's; nothing
   *     is changed
   * @throws IllegalStateException if one is not registered any more; nothing is changed
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it
   *     was, and all stay registered
   */
  public void unregisterAll(Collection<? extends ProbeHandle> handles) {
    registry.unregister(handles);
  }

  /**
   * Arms all probes that are enabled, after {@link #disarmAll}. Does nothing if they are.
   *
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it
   *     was, and all stay disarmed
   */
  public void armAll() {
    registry.setArmed(true);
  }

  /**
   * Disarms all probes: the text is the original one when it returns, jumps included, and no probe
   * that is registered or enabled from now on is armed until {@link #armAll}. What each probe asks
   * for by itself does not change. Does nothing if they are disarmed.
   *
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it
   *     was, and all stay armed
   */
  public void disarmAll() {
    registry.setArmed(false);
  }

  /** Whether probes are armed at all. */
  public boolean isArmed() {
    return registry.isArmed();
  }

  /**
   * Switches optimizing on or off for all probes. Off: all jumps are breakpoints when it returns,
   * and none is written until it is on again. On: every probe is offered to the optimizer.
   *
   * @throws io.github.optprobe.text.TextException if the text could not be written; it is as it
   *     was, and the switch too
   */
  public void setOptimizing(boolean on) {
    registry.setOptimizing(on);
  }

  /** Whether probes are optimized at all. */
  public boolean isOptimizing() {
    return registry.isOptimizing();
  }

  /**
   * Says that the text in a range is not there any more: a library was unloaded. Nothing is written
   * there any more; the probes that stood there are {@link ProbeState#GONE} until their handles are
   * closed. New code in the range can be probed at once; the code map may give new answers for it.
   *
   * @throws IllegalArgumentException if the range holds only a part of what a probe has
   *     overwritten, or slots of this registry; nothing is changed
   */
  public void textRemoved(AddressRange range) {
    registry.textRemoved(range);
  }

  /**
   * Forbids probes, and windows of probes, on any byte of a range.
   *
   * @param reason for people
   * @throws IllegalStateException if a probe is in the way; nothing is changed
   */
  public void blacklist(AddressRange range, String reason) {
    registry.blacklist(range, reason);
  }

  /**
   * Forbids probes in a function, and in those that a compiler made from it and named with a suffix
   * ({@code foo.isra.0}). Its extent is the resolver's, and its name is compared with those of the
   * code map's functions, in code that is loaded later too.
   *
   * @param symbol its name
   * @param reason for people
   * @throws IllegalStateException if a probe is in the way; nothing is changed
   */
  public void blacklist(String symbol, String reason) {
    registry.blacklist(symbol, reason);
  }

  /**
   * Keeps probes, and windows of probes, from a range that somebody else patches, until the
   * reservation is closed.
   *
   * @param owner who, for people
   * @throws IllegalStateException if a probe is in the way; nothing is changed
   */
  public Reservation reserve(AddressRange range, String owner) {
    return registry.reserve(range, owner);
  }

  /**
   * The address of a place.
   *
   * @throws RefusedException if a symbol is unknown or ambiguous, or its offset leads out of it
   */
  public CodeAddress resolve(ProbePlace place) {
    return registry.resolve(place);
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
   * Runs one pass of the optimizer: restores text that was left to it, writes the jumps that are
   * queued and whose windows are quiescent, and frees what removed probes left behind. A store that
   * fails leaves a breakpoint and is reported in the result, to the listener and by {@link
   * ProbeHandle#whyNotOptimized()}.
   */
  public OptimizerPass runOptimizer() {
    return registry.runOptimizer();
  }

  /**
   * Runs the optimizer on this thread until no probe waits to be optimized or unoptimized, whether
   * or not it also runs by itself. Slots that wait to be freed are not waited for.
   *
   * @param atMost how long, at most; where a CPU that this thread would have to run stands in a
   *     window, nothing else ends the wait
   * @return whether nothing waits any more; false without waiting if all that is left are texts
   *     that can not be restored because stores fail
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean awaitOptimizer(Duration atMost) throws InterruptedException {
    return registry.awaitOptimizer(nanos(atMost));
  }

  /** Longer than nanoseconds can count, such as for ever, is as long as they can. */
  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  /**
   * A place where a target reports the traps of one CPU or thread.
   *
   * @param memory the data memory of that CPU, in which detour buffers save registers; {@link
   *     DataMemory#NONE} if the registry has no gate, no architecture emulates instructions, and
   *     copies lie near their text
   */
  public Cpu newCpu(DataMemory memory) {
    return registry.newCpu(memory);
  }

  /**
   * All registered probes, by address, those at one address in registration order; behind them
   * those whose text was removed.
   */
  public List<ProbeHandle> probes() {
    return registry.probes();
  }

  /**
   * All registered probes in the order of {@link #probes}, one line for each: address, {@code k} or
   * {@code r}, function and offset, instruction set, bytes overwritten, hits, misses, what it is in
   * square brackets, such as {@code [BOOSTED] [OPTIMIZING]}, and its label.
   */
  public List<String> list() {
    return registry.list();
  }

  /** How many probes are in which state. */
  public ProbeCounters counters() {
    return registry.counters();
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
   * Unregisters all probes and stops the optimizer's thread. Slots that a CPU still stands in stay
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
    private SymbolResolver symbols = SymbolResolver.none();
    private boolean trustBoundaries;
    private Optional<Gate> gate = Optional.empty();
    private final List<ProbeListener> listeners = new ArrayList<>();
    private @Nullable ScheduledExecutorService executor;
    private boolean ownsExecutor;
    private Duration delay = Duration.ZERO;
    private WindowPolicy windowPolicy = WindowPolicy.CONSERVATIVE;
    private int batchLimit = 1024;
    private boolean lazyUnoptimize;
    private boolean returnsIntoBuffers;
    private HitRouter router = HitRouter.NONE;

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

    /** Sets what is believed of indirect jumps; {@code CONSERVATIVE} if it is not called. */
    public Builder windowPolicy(WindowPolicy policy) {
      windowPolicy = policy;
      return this;
    }

    /**
     * Sets the address that detour buffers call, where vector registers stay as they are; without a
     * gate nothing is optimized.
     */
    public Builder gate(long address) {
      return gate(Gate.at(address));
    }

    /** Sets what detour buffers call; without a gate nothing is optimized. */
    public Builder gate(Gate newGate) {
      gate = Optional.of(newGate);
      return this;
    }

    /** Sets who finds symbols; without it every symbol is unknown. */
    public Builder symbols(SymbolResolver resolver) {
      symbols = resolver;
      return this;
    }

    /** Adds somebody who is told of what happens to probes. */
    public Builder listener(ProbeListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Limits how many probes are patched with one set of synchronisations, and while the registry's
     * lock is held by the optimizer; 1,024 if it is not called.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder batchLimit(int probes) {
      if (probes <= 0) {
        throw new IllegalArgumentException("a batch has at least one probe: " + probes);
      }
      batchLimit = probes;
      return this;
    }

    /**
     * Lets the jump of a probe that is disabled or unregistered stay in the text until the
     * optimizer runs, as the kernel does: many that leave share the synchronisations, and one that
     * is wanted again before costs no store at all. No handler of it runs meanwhile. Without this
     * the text is restored before the operation returns.
     */
    public Builder lazyUnoptimize() {
      lazyUnoptimize = true;
      return this;
    }

    /**
     * Allows windows with a call that returns into bytes that the jump overwrites: its copy pushes
     * a return address in the detour buffer, which unwinders and callees see, and {@link
     * Kprobes#originalAddress} maps. Without this such windows are refused.
     *
     * <p>The text memory's quiescence must then cover the return addresses on all stacks: a call in
     * flight when the jump is to be written returns into the window, and one in flight when the
     * probe leaves into the buffer. {@code isQuiescent} says no of both until they have returned.
     */
    public Builder returnsIntoBuffers() {
      returnsIntoBuffers = true;
      return this;
    }

    /**
     * Sets who sends hits on their way, for targets that do so by code of their own; without it
     * every hit is reported to a {@link Cpu}.
     */
    public Builder router(HitRouter newRouter) {
      router = newRouter;
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
      ScheduledExecutorService optimizer = ownsExecutor ? Settings.optimizerThread() : executor;
      return new Kprobes(
          new Settings(
              text,
              known,
              codeMap,
              symbols,
              trustBoundaries,
              gate,
              listeners,
              optimizer,
              ownsExecutor,
              delay,
              windowPolicy,
              batchLimit,
              lazyUnoptimize,
              returnsIntoBuffers,
              router));
    }
  }
}
