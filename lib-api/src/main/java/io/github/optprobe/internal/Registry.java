package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.HitRouter;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeCounters;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.ProbePlace;
import io.github.optprobe.ProbeState;
import io.github.optprobe.Refusal;
import io.github.optprobe.Reservation;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.internal.HandleLife.Operation;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The registry behind {@link io.github.optprobe.Kprobes}: one lock, under which every operation
 * changes what is asked for and then settles the text. Hits do not take it.
 */
public final class Registry {
  /** How long those who wait for the optimizer sleep before they look again, in nanoseconds. */
  private static final long LOOK_AGAIN = 1_000_000;

  private final RegistryLock lock = new RegistryLock();
  private final Settings settings;
  private final Reporter reporter;
  private final HitEvents hitEvents;
  private final ProbeTable table = new ProbeTable();
  private final Neighbours neighbours = new Neighbours();
  private final CodeIndex code = new CodeIndex();
  private final Cpus cpus = new Cpus();
  private final Switches switches = new Switches();
  private final RecoveredText original;
  private final SlotKeeper slots;
  private final Preparer preparer;
  private final WantedText wanted;
  private final WorkQueues queues;
  private final Settler settler;
  private final Reclaimer reclaimer;
  private final Optimizer optimizer;
  private final OptimizerSchedule schedule;
  private final Trampolines trampolines;
  private final Places places;
  private final Memberships memberships;
  private final GoneText goneText;
  private final Limits limits;
  private final Switchboard switchboard;
  private final Overview overview;
  private boolean closed;

  /** Creates a registry without probes. */
  @SuppressWarnings("this-escape") // Members keep the reference and use it after this.
  public Registry(Settings settings) {
    this.settings = settings;
    reporter = new Reporter(Observers.of(settings.listeners()));
    hitEvents = Observers.hitEvents();
    Islands islands = new Islands(settings.text());
    original = new RecoveredText(settings.text(), neighbours, islands);
    places = new Places(settings, original);
    slots = new SlotKeeper(settings.text(), islands, code, cpus::hitsInProgress);
    OffLimits offLimits = new OffLimits(settings.codeMap(), settings.symbols());
    preparer = new Preparer(settings, original, neighbours, slots, offLimits, islands);
    wanted = new WantedText(neighbours, original, switches);
    queues = new WorkQueues(wanted);
    trampolines = new Trampolines(slots, settings.gate(), settings.router());
    Patcher patcher = new Patcher(settings.text(), reporter);
    Quiescence quiescence =
        new Quiescence(settings.text(), neighbours, slots, cpus::isTrapInProgress);
    Batches batches = new Batches(settings.batchLimit());
    settler =
        new Settler(
            neighbours,
            wanted,
            preparer,
            queues,
            slots,
            reporter,
            settings.router(),
            () -> new PatchTransaction(patcher, quiescence, batches));
    reclaimer = new Reclaimer(neighbours, table, queues, slots, settings.router());
    optimizer =
        new Optimizer(
            lock,
            batches,
            wanted,
            queues,
            settler,
            patcher,
            quiescence,
            slots,
            reclaimer,
            preparer,
            reporter);
    memberships =
        new Memberships(
            this,
            places,
            neighbours,
            table,
            preparer,
            settler,
            reclaimer,
            trampolines,
            settings.router(),
            cpus::count,
            settings.lazyUnoptimize());
    goneText = new GoneText(neighbours, reclaimer, preparer, slots, queues);
    switchboard = new Switchboard(switches, neighbours, settler, reclaimer);
    limits = new Limits(offLimits, neighbours, slots);
    overview = new Overview(settings, neighbours, goneText, queues, wanted, slots, reporter);
    schedule = new OptimizerSchedule(settings);
  }

  Reporter reporter() {
    return reporter;
  }

  HitRouter router() {
    return settings.router();
  }

  /** See {@link io.github.optprobe.Kprobes#newCpu}. */
  public Cpu newCpu(DataMemory memory) {
    Architecture[] architectures = settings.architectures().toArray(Architecture[]::new);
    CpuState cpu =
        new CpuState(
            table, code, settings.text(), memory, architectures, trampolines, hitEvents, cpus);
    cpus.add(cpu);
    return cpu;
  }

  /** See {@link io.github.optprobe.Kprobes#registerAll}. */
  public List<ProbeHandle> register(List<? extends Probe> probes) {
    return lock.locked(
        () -> {
          checkOpen();
          List<Member> members;
          try {
            members = memberships.join(probes);
          } finally {
            tidy();
          }
          members.forEach(reporter::registered);
          return List.copyOf(members);
        });
  }

  void unregister(Member member) {
    lock.run(
        () -> {
          if (member.mustDo(Operation.CLOSE)) {
            leave(List.of(member), settings.lazyUnoptimize());
          }
        });
  }

  /** See {@link io.github.optprobe.Kprobes#unregisterAll}. */
  public void unregister(Collection<? extends ProbeHandle> handles) {
    lock.run(
        () -> {
          List<Member> members = new ArrayList<>(handles.size());
          try {
            handles.forEach(handle -> members.add(choose(handle)));
          } finally {
            members.forEach(member -> member.setChosen(false));
          }
          members.forEach(member -> member.mustDo(Operation.CLOSE_IN_BATCH));
          leave(members, settings.lazyUnoptimize());
        });
  }

  private Member choose(ProbeHandle handle) {
    if (!(handle instanceof Member member) || member.registry() != this) {
      throw new IllegalArgumentException("not a handle of this registry: " + handle);
    }
    if (member.isChosen()) {
      throw new IllegalArgumentException("twice in one batch: " + member);
    }
    member.setChosen(true);
    return member;
  }

  private void leave(List<Member> members, boolean lazily) {
    try {
      memberships.leave(goneText.without(members), lazily);
      members.forEach(goneText::forget);
      members.forEach(member -> member.setLife(HandleLife.UNREGISTERED));
    } finally {
      tidy();
    }
    members.forEach(reporter::unregistered);
  }

  void setEnabled(Member member, boolean enabled) {
    tidied(
        () -> {
          boolean must = member.mustDo(enabled ? Operation.ENABLE : Operation.DISABLE);
          if (must && member.isEnabled() != enabled) {
            memberships.setEnabled(member, enabled);
            reporter.enabled(member, enabled);
          }
        });
  }

  /** After every operation: what is left to be done is done now, or by the optimizer. */
  private void tidy() {
    if (schedule.isByHand()) {
      slots.collect();
    }
    if (optimizer.hasWork()) {
      schedule.kick(this::scheduledPass);
    }
  }

  private void scheduledPass() {
    runOptimizer();
    lock.run(
        () -> {
          if (optimizer.hasWork()) {
            schedule.kickAgain(this::scheduledPass);
          }
        });
  }

  /** See {@link io.github.optprobe.Kprobes#runOptimizer}. */
  public OptimizerPass runOptimizer() {
    lock.run(this::retireTrampolinesIfClosed);
    return optimizer.run();
  }

  /** See {@link io.github.optprobe.Kprobes#awaitOptimizer}. */
  public boolean awaitOptimizer(long nanos) throws InterruptedException {
    long left = nanos;
    while (true) {
      runOptimizer();
      if (lock.locked(queues::isEmpty)) {
        return true;
      }
      if (left <= 0 || lock.locked(() -> !queues.hasWork())) {
        return false;
      }
      long slice = Math.min(left, LOOK_AGAIN);
      left -= slice - Math.max(0, lock.awaitChange(slice));
    }
  }

  // What concerns all probes.

  /** See {@link io.github.optprobe.Kprobes#armAll}. */
  public void setArmed(boolean armed) {
    tidied(() -> switchboard.setArmed(armed));
  }

  /** See {@link io.github.optprobe.Kprobes#setOptimizing}. */
  public void setOptimizing(boolean optimizing) {
    tidied(() -> switchboard.setOptimizing(optimizing));
  }

  private void tidied(Runnable operation) {
    lock.run(
        () -> {
          try {
            operation.run();
          } finally {
            tidy();
          }
        });
  }

  /** See {@link io.github.optprobe.Kprobes#isArmed}. */
  public boolean isArmed() {
    return lock.locked(switches::isArmed);
  }

  /** See {@link io.github.optprobe.Kprobes#isOptimizing}. */
  public boolean isOptimizing() {
    return lock.locked(switches::isOptimizing);
  }

  /** See {@link io.github.optprobe.Kprobes#textRemoved}. */
  public void textRemoved(AddressRange range) {
    tidied(() -> goneText.remove(range).forEach(reporter::gone));
  }

  /** See {@link io.github.optprobe.Kprobes#blacklist(AddressRange, String)}. */
  public void blacklist(AddressRange range, String reason) {
    lock.run(() -> limits.blacklist(range, reason));
  }

  /** See {@link io.github.optprobe.Kprobes#blacklist(String, String)}. */
  public void blacklist(String symbol, String reason) {
    lock.run(() -> limits.blacklist(symbol, reason));
  }

  /** See {@link io.github.optprobe.Kprobes#reserve}. */
  public Reservation reserve(AddressRange range, String owner) {
    return lock.locked(() -> new RegisteredReservation(this, limits.reserve(range, owner)));
  }

  void endReservation(OffLimits.Entry entry) {
    tidied(() -> settler.settle(limits.endReservation(entry), settings.lazyUnoptimize()));
  }

  // Questions.

  /** See {@link io.github.optprobe.Kprobes#explain}. */
  public Explanation explain(CodeAddress address) {
    return lock.locked(
        () -> {
          Architecture architecture = places.architectureFor(address);
          CodeAddress stands = preparer.standing(architecture, address);
          Explainer explainer = new Explainer(preparer, wanted, original, slots);
          return explainer.explain(architecture, stands, neighbours.at(stands.value()));
        });
  }

  /** See {@link io.github.optprobe.Kprobes#resolve}. */
  public CodeAddress resolve(ProbePlace place) {
    return lock.locked(() -> places.resolve(place));
  }

  ProbeState state(Member member) {
    return lock.locked(() -> overview.state(member));
  }

  Optional<Tier> tier(Member member) {
    return lock.locked(() -> overview.tier(member));
  }

  Optional<Refusal> whyNotOptimized(Member member) {
    return lock.locked(() -> overview.whyNotOptimized(member));
  }

  ProbePicture picture(Member member) {
    return lock.locked(
        () -> new Painter(settings.text(), original, settings.codeMap()).paint(member.aggregate()));
  }

  /** See {@link io.github.optprobe.Kprobes#probes}. */
  public List<ProbeHandle> probes() {
    return lock.locked(() -> List.copyOf(overview.members()));
  }

  /** See {@link io.github.optprobe.Kprobes#list}. */
  public List<String> list() {
    return lock.locked(overview::list);
  }

  /** See {@link io.github.optprobe.Kprobes#counters}. */
  public ProbeCounters counters() {
    return lock.locked(overview::counters);
  }

  /** See {@link io.github.optprobe.Kprobes#originalAddress}. */
  public OptionalLong originalAddress(long programCounter) {
    return code.originalOf(programCounter);
  }

  /** See {@link io.github.optprobe.Kprobes#relocatedInstructionAt}. */
  public OptionalLong relocatedInstructionAt(long programCounter) {
    return code.instructionAt(programCounter);
  }

  /** See {@link io.github.optprobe.Kprobes#originalText}. */
  public TextReader originalText() {
    return (address, into, offset, length) ->
        lock.locked(() -> original.read(address, into, offset, length));
  }

  /** See {@link io.github.optprobe.Kprobes#liveSlots}. */
  public int liveSlots() {
    return lock.locked(slots::liveSlots);
  }

  // The end.

  /** See {@link io.github.optprobe.Kprobes#close}. */
  public void close() {
    lock.run(
        () -> {
          closed = true;
          schedule.close();
          TextException members = closeAll();
          // Jumps that were left to the optimizer, and what failed operations had left behind.
          TextException leftOver = optimizer.restoreAll();
          retireTrampolinesIfClosed();
          slots.close();
          slots.collect();
          throwFirst(members, leftOver);
          throwFirst(slots.restoreIslands(), null);
        });
  }

  private static void throwFirst(@Nullable TextException one, @Nullable TextException other) {
    TextException first = one != null ? one : other;
    if (first != null) {
      throw first;
    }
  }

  /** All at once if that can be had; if a store fails, as many as possible. */
  private @Nullable TextException closeAll() {
    List<Member> all = overview.members();
    try {
      leave(all, false);
      return null;
    } catch (TextException atOnce) {
      return closeOneByOne(all);
    }
  }

  private @Nullable TextException closeOneByOne(List<Member> all) {
    TextException first = null;
    for (Member member : all) {
      try {
        leave(List.of(member), false);
      } catch (TextException failure) {
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    return first;
  }

  private void retireTrampolinesIfClosed() {
    // In this order: a hit in progress may be about to track a call, a later one finds no probe.
    if (closed && !trampolines.isEmpty() && !cpus.isHitInProgress() && !cpus.isCallTracked()) {
      trampolines.retire();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
  }
}
