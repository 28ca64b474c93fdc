package io.github.optprobe;

import io.github.optprobe.arch.Registers;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks for at an instruction: a place, handlers, and how far the probe may climb.
 * Immutable and thread-safe; it may be registered any number of times, in any number of registries.
 */
public final class Kprobe implements Probe {
  private final ProbePlace place;
  private final @Nullable PreHandler preHandler;
  private final @Nullable PostHandler postHandler;
  private final @Nullable FaultHandler faultHandler;
  private final Tier ceiling;
  private final boolean startDisabled;
  private final String label;

  private Kprobe(Builder builder) {
    place = builder.place;
    preHandler = builder.preHandler;
    postHandler = builder.postHandler;
    faultHandler = builder.faultHandler;
    ceiling = builder.ceiling;
    startDisabled = builder.startDisabled;
    label = builder.label;
  }

  /** Begins a kprobe on the instruction that starts at {@code place}. */
  public static Builder at(ProbePlace place) {
    return new Builder(place);
  }

  /**
   * Begins a kprobe on an instruction of a symbol, in whichever module has it.
   *
   * @param offset bytes from the symbol's address on
   * @throws IllegalArgumentException if the name is empty or the offset negative
   */
  public static Builder at(String symbol, long offset) {
    return new Builder(new SymbolOffset(symbol, offset));
  }

  /** Begins a kprobe on the first instruction of a symbol. */
  public static Builder at(String symbol) {
    return at(symbol, 0);
  }

  /**
   * Begins a kprobe on the first instruction of a symbol of a module, as in {@code
   * Kprobe.at("libz.so.1", "deflate")}.
   *
   * @param module the library or file that has it
   * @throws IllegalArgumentException if the symbol's name is empty
   */
  public static Builder at(String module, String symbol) {
    return new Builder(new SymbolOffset(module, symbol, 0));
  }

  @Override
  public ProbePlace place() {
    return place;
  }

  /** What runs before the instruction. */
  public Optional<PreHandler> preHandler() {
    return Optional.ofNullable(preHandler);
  }

  /** What runs after the instruction. */
  public Optional<PostHandler> postHandler() {
    return Optional.ofNullable(postHandler);
  }

  /** What runs when the instruction faults. */
  public Optional<FaultHandler> faultHandler() {
    return Optional.ofNullable(faultHandler);
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
    return "Kprobe[" + (label.isEmpty() ? "" : label + " at ") + place + "]";
  }

  /** Builds a {@link Kprobe}. Not thread-safe. */
  public static final class Builder {
    private final ProbePlace place;
    private @Nullable PreHandler preHandler;
    private @Nullable PostHandler postHandler;
    private @Nullable FaultHandler faultHandler;
    private Tier ceiling = Tier.OPTIMIZED;
    private boolean startDisabled;
    private String label = "";

    private Builder(ProbePlace place) {
      this.place = place;
    }

    /** Sets what runs before the instruction, with the power to take over the program counter. */
    public Builder preHandler(PreHandler handler) {
      preHandler = handler;
      return this;
    }

    /** Sets what runs before the instruction; the instruction always runs. */
    public Builder onHit(Consumer<? super Registers> handler) {
      return preHandler(
          (probe, registers) -> {
            handler.accept(registers);
            return HandlerOutcome.CONTINUE;
          });
    }

    /** Sets what runs after the instruction. It keeps the probe from being optimized. */
    public Builder postHandler(PostHandler handler) {
      postHandler = handler;
      return this;
    }

    /** Sets what runs when the instruction faults. It works in every tier. */
    public Builder faultHandler(FaultHandler handler) {
      faultHandler = handler;
      return this;
    }

    /**
     * Permits no tier above {@code tier}. Where several kprobes share an address, the lowest
     * ceiling holds for all.
     */
    public Builder upTo(Tier tier) {
      ceiling = tier;
      return this;
    }

    /** Registers it without arming it; {@link ProbeHandle#enable} arms it later. */
    public Builder startDisabled() {
      startDisabled = true;
      return this;
    }

    /** Gives it a name for people. */
    public Builder label(String name) {
      label = name;
      return this;
    }

    /** Builds the kprobe. */
    public Kprobe build() {
      return new Kprobe(this);
    }
  }
}
