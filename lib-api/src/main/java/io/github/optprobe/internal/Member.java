package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.ProbeState;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.internal.HandleLife.Operation;
import io.github.optprobe.internal.HandleLife.Verdict;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One registered probe, a member of the aggregate probe at its address. Changed under the
 * registry's lock; hits read {@link #isActive}.
 */
abstract class Member implements ProbeHandle {
  private static final AtomicLongFieldUpdater<Member> NMISSED =
      AtomicLongFieldUpdater.newUpdater(Member.class, "nmissed");

  private static final VarHandle HITS = hitsHandle();

  private final Registry registry;
  private final Aggregate aggregate;

  /** Made at the first hit: of many probes, most are never hit. */
  private volatile @Nullable LongAdder hits;

  private volatile long nmissed;
  private volatile HandleLife life = HandleLife.REGISTERED;
  private volatile boolean enabled;

  /** Whether it is in the batch that is being put together. */
  private boolean chosen;

  /** Whether hits run its handlers: it is enabled, and the operation that made it so is through. */
  private volatile boolean active;

  Member(Registry registry, Aggregate aggregate, boolean enabled) {
    this.registry = registry;
    this.aggregate = aggregate;
    this.enabled = enabled;
  }

  private static VarHandle hitsHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(Member.class, "hits", LongAdder.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  // What a hit needs.

  final boolean isActive() {
    return active;
  }

  /** Runs the handler before the instruction; never throws. */
  abstract HandlerOutcome runPre(CpuState cpu, Registers registers);

  /** Runs the handler behind the instruction; never throws. */
  void runPost(Registers registers) {}

  /** Runs the handler of a fault; never throws. */
  FaultOutcome runFault(Registers registers) {
    return FaultOutcome.DELIVER;
  }

  /** Whether it needs to see the end of the instruction. */
  boolean hasPostHandler() {
    return false;
  }

  final void countHit() {
    LongAdder counter = hits;
    if (counter == null) {
      HITS.compareAndSet(this, null, new LongAdder());
      counter = Objects.requireNonNull(hits);
    }
    counter.increment();
  }

  final void miss() {
    NMISSED.incrementAndGet(this);
  }

  final void handlerFailed(Throwable failure) {
    registry.reporter().handlerFailed(probe(), failure);
  }

  // What the registry needs.

  final Registry registry() {
    return registry;
  }

  final Aggregate aggregate() {
    return aggregate;
  }

  final boolean isChosen() {
    return chosen;
  }

  final void setChosen(boolean now) {
    chosen = now;
  }

  final HandleLife life() {
    return life;
  }

  final void setLife(HandleLife now) {
    life = now;
  }

  final void setEnabled(boolean now) {
    enabled = now;
  }

  final void setActive(boolean now) {
    active = now;
  }

  /**
   * Whether an operation has anything to do.
   *
   * @throws IllegalStateException if it is an error in this station of the handle's life
   */
  final boolean mustDo(Operation operation) {
    Verdict verdict = life.verdict(operation);
    if (verdict == Verdict.ERROR) {
      String why = life == HandleLife.GONE ? "its text was removed" : "no longer registered";
      throw new IllegalStateException(why + ": " + this);
    }
    return verdict == Verdict.DO;
  }

  // What the user sees.

  @Override
  public abstract Probe probe();

  @Override
  public final CodeAddress address() {
    return aggregate.address();
  }

  @Override
  public final ProbeState state() {
    return registry.state(this);
  }

  @Override
  public final boolean isRegistered() {
    return life != HandleLife.UNREGISTERED;
  }

  @Override
  public final boolean isEnabled() {
    return enabled;
  }

  @Override
  public final void enable() {
    registry.setEnabled(this, true);
  }

  @Override
  public final void disable() {
    registry.setEnabled(this, false);
  }

  @Override
  public final long hits() {
    LongAdder counter = hits;
    return (counter == null ? 0 : counter.sum()) + registry.router().hits(this);
  }

  @Override
  public final long nmissed() {
    return nmissed;
  }

  @Override
  public final Optional<Tier> tier() {
    return registry.tier(this);
  }

  @Override
  public final Optional<Refusal> whyNotOptimized() {
    return registry.whyNotOptimized(this);
  }

  @Override
  public final ProbePicture picture() {
    return registry.picture(this);
  }

  @Override
  public final void close() {
    registry.unregister(this);
  }

  @Override
  public final String toString() {
    return "handle of " + probe();
  }
}
