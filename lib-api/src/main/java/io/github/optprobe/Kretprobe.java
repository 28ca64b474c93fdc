package io.github.optprobe;

import io.github.optprobe.arch.Registers;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A return probe: handlers at the entry of a function and at the return of each call. Immutable and
 * thread-safe; it may be registered any number of times, in any number of registries, each time
 * with a pool of instances of its own.
 *
 * <p>At the entry the return address of the call is replaced by that of a trampoline, from which
 * the call goes on to where it really returns to. Source of the mechanism: the kernel's kretprobe.
 *
 * @param <D> the data that each call carries from entry to return
 */
public final class Kretprobe<D> implements Probe {
  /** The most calls that one return probe may track at once. */
  public static final int MAX_ACTIVE_LIMIT = 4096;

  private final ProbePlace place;
  private final Supplier<? extends D> data;
  private final @Nullable EntryHandler<D> entryHandler;
  private final @Nullable ReturnHandler<D> returnHandler;
  private final int maxActive;
  private final Tier ceiling;
  private final boolean startDisabled;
  private final String label;

  private Kretprobe(Builder<D> builder) {
    place = builder.place;
    data = builder.data;
    entryHandler = builder.entryHandler;
    returnHandler = builder.returnHandler;
    maxActive = builder.maxActive;
    ceiling = builder.ceiling;
    startDisabled = builder.startDisabled;
    label = builder.label;
  }

  /** Begins a return probe on the function that starts at {@code place}, without data. */
  public static Builder<NoData> at(ProbePlace place) {
    return at(place, () -> NoData.NONE);
  }

  /** Begins a return probe on a function named by its symbol, without data. */
  public static Builder<NoData> at(String symbol) {
    return at(new SymbolOffset(symbol, 0));
  }

  /**
   * Begins a return probe on a function named by its module and symbol, without data.
   *
   * @param module the library or file that has it
   * @throws IllegalArgumentException if the symbol's name is empty
   */
  public static Builder<NoData> at(String module, String symbol) {
    return at(new SymbolOffset(module, symbol, 0));
  }

  /**
   * Begins a return probe whose calls carry data from entry to return.
   *
   * @param data makes the data of one instance; called {@link #maxActive()} times when the probe is
   *     registered, never on a hit
   */
  public static <D> Builder<D> at(ProbePlace place, Supplier<? extends D> data) {
    return new Builder<>(place, data);
  }

  @Override
  public ProbePlace place() {
    return place;
  }

  /** Makes the data of one instance. */
  public Supplier<? extends D> data() {
    return data;
  }

  /** What runs when the function is entered. */
  public Optional<EntryHandler<D>> entryHandler() {
    return Optional.ofNullable(entryHandler);
  }

  /** What runs when it returns. */
  public Optional<ReturnHandler<D>> returnHandler() {
    return Optional.ofNullable(returnHandler);
  }

  /**
   * How many calls may be tracked at once, over all CPUs; 0 for the default, which is 10 or twice
   * the number of CPUs, whichever is more.
   */
  public int maxActive() {
    return maxActive;
  }

  @Override
  public Tier ceiling() {
    return ceiling;
  }

  @Override
  public boolean startDisabled() {
    return startDisabled;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String toString() {
    return "Kretprobe[" + (label.isEmpty() ? "" : label + " at ") + place + "]";
  }

  /** The data of return probes that carry none. */
  public enum NoData {
    /** Nothing. */
    NONE
  }

  /**
   * Builds a {@link Kretprobe}. Not thread-safe.
   *
   * @param <D> the data that each call carries
   */
  public static final class Builder<D> {
    private final ProbePlace place;
    private final Supplier<? extends D> data;
    private @Nullable EntryHandler<D> entryHandler;
    private @Nullable ReturnHandler<D> returnHandler;
    private int maxActive;
    private Tier ceiling = Tier.OPTIMIZED;
    private boolean startDisabled;
    private String label = "";

    private Builder(ProbePlace place, Supplier<? extends D> data) {
      this.place = place;
      this.data = data;
    }

    /** Sets what runs when the function is entered, with the power to veto tracking the call. */
    public Builder<D> entryHandler(EntryHandler<D> handler) {
      entryHandler = handler;
      return this;
    }

    /** Sets what runs when the function is entered; every call is tracked. */
    public Builder<D> onEntry(Consumer<? super Registers> handler) {
      return entryHandler(
          (instance, registers) -> {
            handler.accept(registers);
            return EntryOutcome.TRACK;
          });
    }

    /** Sets what runs when a tracked call has returned. */
    public Builder<D> returnHandler(ReturnHandler<D> handler) {
      returnHandler = handler;
      return this;
    }

    /**
     * Sets how many calls may be tracked at once, over all CPUs. Calls beyond it are counted as
     * missed and left alone.
     *
     * @param calls 1 to {@value Kretprobe#MAX_ACTIVE_LIMIT}, or 0 for the default
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder<D> maxActive(int calls) {
      if (calls < 0 || calls > MAX_ACTIVE_LIMIT) {
        throw new IllegalArgumentException(
            "maxActive out of 0..%d: %d".formatted(MAX_ACTIVE_LIMIT, calls));
      }
      maxActive = calls;
      return this;
    }

    /** Permits no tier above {@code tier} at the entry. */
    public Builder<D> upTo(Tier tier) {
      ceiling = tier;
      return this;
    }

    /** Registers it without arming it; {@link ProbeHandle#enable} arms it later. */
    public Builder<D> startDisabled() {
      startDisabled = true;
      return this;
    }

    /** Gives it a name for people. */
    public Builder<D> label(String name) {
      label = name;
      return this;
    }

    /** Builds the return probe. */
    public Kretprobe<D> build() {
      return new Kretprobe<>(this);
    }
  }
}
