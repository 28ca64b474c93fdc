package io.github.optprobe;

import io.github.optprobe.arch.Registers;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user asks for: an address, handlers, and how far the probe may climb. Immutable and
 * thread-safe; it may be registered any number of times, in any number of registries.
 */
public final class Kprobe {
  private final CodeAddress address;
  private final @Nullable PreHandler preHandler;
  private final @Nullable PostHandler postHandler;
  private final Tier ceiling;
  private final boolean startDisabled;
  private final String label;

  private Kprobe(Builder builder) {
    address = builder.address;
    preHandler = builder.preHandler;
    postHandler = builder.postHandler;
    ceiling = builder.ceiling;
    startDisabled = builder.startDisabled;
    label = builder.label;
  }

  /** Begins a kprobe on the instruction that starts at {@code address}. */
  public static Builder at(CodeAddress address) {
    return new Builder(address);
  }

  /** The probed address. */
  public CodeAddress address() {
    return address;
  }

  /** What runs before the instruction. */
  public Optional<PreHandler> preHandler() {
    return Optional.ofNullable(preHandler);
  }

  /** What runs after the instruction. */
  public Optional<PostHandler> postHandler() {
    return Optional.ofNullable(postHandler);
  }

  /** The highest tier that this kprobe permits. */
  public Tier ceiling() {
    return ceiling;
  }

  /** Whether it is registered without being armed. */
  public boolean startDisabled() {
    return startDisabled;
  }

  /** A name for people, empty if none was given. */
  public String label() {
    return label;
  }

  @Override
  public String toString() {
    return "Kprobe[" + (label.isEmpty() ? "" : label + " at ") + address + "]";
  }

  /** Builds a {@link Kprobe}. Not thread-safe. */
  public static final class Builder {
    private final CodeAddress address;
    private @Nullable PreHandler preHandler;
    private @Nullable PostHandler postHandler;
    private Tier ceiling = Tier.OPTIMIZED;
    private boolean startDisabled;
    private String label = "";

    private Builder(CodeAddress address) {
      this.address = address;
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
