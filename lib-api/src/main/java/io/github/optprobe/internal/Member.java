package io.github.optprobe.internal;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.PostHandler;
import io.github.optprobe.PreHandler;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One registered kprobe, a member of the aggregate probe at its address. */
final class Member implements ProbeHandle {
  private final Registry registry;
  private final Aggregate aggregate;
  private final Kprobe kprobe;
  // Fields of their own, so that a hit unwraps no Optional.
  private final @Nullable PreHandler preHandler;
  private final @Nullable PostHandler postHandler;
  private final LongAdder hits = new LongAdder();
  private final LongAdder nmissed = new LongAdder();
  private volatile boolean enabled;
  private volatile boolean registered = true;

  Member(Registry registry, Aggregate aggregate, Kprobe kprobe) {
    this.registry = registry;
    this.aggregate = aggregate;
    this.kprobe = kprobe;
    this.preHandler = kprobe.preHandler().orElse(null);
    this.postHandler = kprobe.postHandler().orElse(null);
    this.enabled = !kprobe.startDisabled();
  }

  Aggregate aggregate() {
    return aggregate;
  }

  void setEnabled(boolean now) {
    enabled = now;
  }

  void setRegistered(boolean now) {
    registered = now;
  }

  HandlerOutcome runPre(Registers registers) {
    hits.increment();
    if (preHandler == null) {
      return HandlerOutcome.CONTINUE;
    }
    try {
      return preHandler.handle(kprobe, registers);
    } catch (Throwable failure) {
      registry.reporter().handlerFailed(kprobe, failure);
      return HandlerOutcome.CONTINUE;
    }
  }

  void runPost(Registers registers) {
    if (postHandler == null) {
      return;
    }
    try {
      postHandler.handle(kprobe, registers);
    } catch (Throwable failure) {
      registry.reporter().handlerFailed(kprobe, failure);
    }
  }

  void miss() {
    nmissed.increment();
  }

  @Override
  public Kprobe kprobe() {
    return kprobe;
  }

  @Override
  public boolean isRegistered() {
    return registered;
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public void enable() {
    registry.setEnabled(this, true);
  }

  @Override
  public void disable() {
    registry.setEnabled(this, false);
  }

  @Override
  public long hits() {
    return hits.sum();
  }

  @Override
  public long nmissed() {
    return nmissed.sum();
  }

  @Override
  public Optional<Tier> tier() {
    return registry.tier(this);
  }

  @Override
  public Optional<Refusal> whyNotOptimized() {
    return registry.whyNotOptimized(this);
  }

  @Override
  public ProbePicture picture() {
    return registry.picture(this);
  }

  @Override
  public void close() {
    registry.unregister(this);
  }

  @Override
  public String toString() {
    return "handle of " + kprobe;
  }
}
