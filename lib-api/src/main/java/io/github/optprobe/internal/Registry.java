package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry behind {@link io.github.optprobe.Kprobes}: one lock, under which every operation
 * changes what is asked for and then settles the text. Hits do not take it.
 */
public final class Registry {
  private final ReentrantLock lock = new ReentrantLock();
  private final Settings settings;
  private final Reporter reporter;
  private final ProbeTable table = new ProbeTable();
  private final Neighbours neighbours = new Neighbours();
  private final CodeIndex code = new CodeIndex();
  private final List<CpuState> cpus = new CopyOnWriteArrayList<>();
  private final RecoveredText original;
  private final SlotKeeper slots;
  private final Preparer preparer;
  private final WantedText wanted;
  private final Settler settler;
  private final Optimizer optimizer;
  private final OptimizerSchedule schedule;
  private boolean closed;

  /** Creates a registry without probes. */
  public Registry(Settings settings) {
    this.settings = settings;
    reporter = new Reporter(settings.listener());
    original = new RecoveredText(settings.text(), neighbours);
    slots = new SlotKeeper(settings.text(), code, this::isHitInProgress);
    preparer = new Preparer(settings, original, neighbours, slots);
    wanted = new WantedText(neighbours, original);
    Patcher patcher = new Patcher(settings.text(), reporter);
    Quiescence quiescence =
        new Quiescence(settings.text(), neighbours, slots, this::isTrapInProgress);
    optimizer = new Optimizer(preparer, wanted, patcher, quiescence, slots, reporter);
    settler = new Settler(neighbours, wanted, patcher, preparer, optimizer, quiescence);
    schedule = new OptimizerSchedule(settings);
  }

  Reporter reporter() {
    return reporter;
  }

  private boolean isHitInProgress() {
    return cpus.stream().anyMatch(CpuState::isInHit);
  }

  private boolean isTrapInProgress(AddressRange range) {
    return cpus.stream().anyMatch(cpu -> cpu.isInTrap(range));
  }

  /** See {@link io.github.optprobe.Kprobes#newCpu}. */
  public Cpu newCpu(DataMemory memory) {
    Architecture[] architectures = settings.architectures().toArray(Architecture[]::new);
    CpuState cpu = new CpuState(table, code, settings.text(), memory, architectures);
    cpus.add(cpu);
    return cpu;
  }

  /** See {@link io.github.optprobe.Kprobes#register}. */
  public ProbeHandle register(Kprobe kprobe) {
    return locked(
        () -> {
          checkOpen();
          Aggregate probe = aggregateFor(kprobe.address());
          try {
            return join(probe, kprobe);
          } finally {
            discardIfUnused(probe);
          }
        });
  }

  private Aggregate aggregateFor(CodeAddress address) {
    Aggregate existing = neighbours.at(address.value());
    if (existing != null) {
      return sameInstructionSet(existing, address);
    }
    Architecture architecture = architectureFor(address);
    Aggregate fresh = new Aggregate(architecture, preparer.prepare(architecture, address));
    neighbours.add(fresh);
    table.add(fresh);
    return fresh;
  }

  private Aggregate sameInstructionSet(Aggregate existing, CodeAddress address) {
    if (existing.address().equals(address)) {
      return existing;
    }
    Culprit culprit = architectureFor(address).culprit(original, address);
    throw new RefusedException(
        new Refusal.OverlapsProbedInstruction(culprit, existing.addressValue()));
  }

  private Member join(Aggregate probe, Kprobe kprobe) {
    requirePostTier(probe, kprobe);
    Member member = new Member(this, probe, kprobe);
    probe.add(member, probe.members().length);
    boolean done = false;
    try {
      settle(probe);
      done = true;
      return member;
    } finally {
      if (!done) {
        probe.remove(member);
        member.setRegistered(false);
        offerAgain(probe);
      }
    }
  }

  private void requirePostTier(Aggregate probe, Kprobe kprobe) {
    boolean seen = probe.prepared().tiers().stream().anyMatch(TierChoice::seesTheEnd);
    if (kprobe.postHandler().isPresent() && !seen) {
      Culprit culprit = probe.architecture().culprit(original, probe.address());
      throw new RefusedException(new Refusal.TierNotOffered(culprit, Tier.SINGLE_STEP));
    }
  }

  void unregister(Member member) {
    locked(
        () -> {
          if (member.isRegistered()) {
            leave(member);
          }
          return null;
        });
  }

  private void leave(Member member) {
    Aggregate probe = member.aggregate();
    int position = probe.remove(member);
    boolean done = false;
    try {
      settle(probe);
      done = true;
    } finally {
      if (!done) {
        probe.add(member, position);
        offerAgain(probe);
      }
    }
    member.setRegistered(false);
    discardIfUnused(probe);
  }

  void setEnabled(Member member, boolean enabled) {
    locked(
        () -> {
          if (!member.isRegistered()) {
            throw new IllegalStateException("no longer registered: " + member.kprobe());
          }
          if (member.isEnabled() != enabled) {
            change(member, enabled);
          }
          return null;
        });
  }

  private void change(Member member, boolean enabled) {
    Aggregate probe = member.aggregate();
    member.setEnabled(enabled);
    if (enabled) {
      settler.forgetFailedStore(probe);
    }
    boolean done = false;
    try {
      settle(probe);
      done = true;
    } finally {
      if (!done) {
        member.setEnabled(!enabled);
        offerAgain(probe);
      }
    }
  }

  /** After a failure: what was taken back may have to be optimized anew. */
  private void offerAgain(Aggregate probe) {
    settler.offerAgain(probe);
    kickIfWork();
  }

  private void settle(Aggregate probe) {
    settler.settle(probe);
    kickIfWork();
  }

  /** Probes whose registration failed, and taking back what it had stored failed too. */
  private void reclaimUnused() {
    for (Aggregate probe : List.copyOf(neighbours.all())) {
      if (probe.isUnused()) {
        try {
          settle(probe);
        } catch (TextException failure) {
          reporter.reclaimFailed(probe.address(), failure);
        }
        discardIfUnused(probe);
      }
    }
  }

  private void discardIfUnused(Aggregate probe) {
    if (probe.isUnused() && probe.text() == TextState.ORIGINAL) {
      optimizer.forget(probe);
      neighbours.remove(probe);
      table.remove(probe);
      slots.retire(probe.prepared().copy());
      if (probe.detour() != null) {
        slots.retire(probe.detour().buffer());
      }
      slots.collect();
      kickIfWork();
    }
  }

  private void kickIfWork() {
    if (optimizer.hasWork()) {
      schedule.kick(this::scheduledPass);
    }
  }

  private void scheduledPass() {
    runOptimizer();
    locked(
        () -> {
          if (optimizer.hasWork()) {
            schedule.kickAgain(this::scheduledPass);
          }
          return null;
        });
  }

  /** See {@link io.github.optprobe.Kprobes#runOptimizer}. */
  public OptimizerPass runOptimizer() {
    return locked(
        () -> {
          reclaimUnused();
          return optimizer.run();
        });
  }

  /** See {@link io.github.optprobe.Kprobes#explain}. */
  public Explanation explain(CodeAddress address) {
    return locked(
        () -> {
          Architecture architecture = architectureFor(address);
          Explainer explainer = new Explainer(preparer, wanted, original, slots);
          return explainer.explain(architecture, address, neighbours.at(address.value()));
        });
  }

  Optional<Tier> tier(Member member) {
    return locked(
        () -> {
          Aggregate probe = member.aggregate();
          return !member.isRegistered() || probe.text() == TextState.ORIGINAL
              ? Optional.empty()
              : Optional.of(probe.text() == TextState.JUMP ? Tier.OPTIMIZED : probe.trapTier());
        });
  }

  Optional<Refusal> whyNotOptimized(Member member) {
    return locked(
        () -> {
          Aggregate probe = member.aggregate();
          return probe.text() == TextState.JUMP ? Optional.empty() : wanted.whyNotOptimized(probe);
        });
  }

  ProbePicture picture(Member member) {
    return locked(
        () -> new Painter(settings.text(), original, settings.codeMap()).paint(member.aggregate()));
  }

  /** See {@link io.github.optprobe.Kprobes#probes}. */
  public List<ProbeHandle> probes() {
    return locked(
        () ->
            neighbours.all().stream()
                .flatMap(probe -> Stream.<ProbeHandle>of(probe.members()))
                .toList());
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
        locked(() -> original.read(address, into, offset, length));
  }

  /** See {@link io.github.optprobe.Kprobes#liveSlots}. */
  public int liveSlots() {
    return locked(slots::liveSlots);
  }

  /** See {@link io.github.optprobe.Kprobes#close}. */
  public void close() {
    locked(
        () -> {
          closed = true;
          schedule.close();
          TextException failure = closeAll();
          reclaimUnused();
          slots.collect();
          if (failure != null) {
            throw failure;
          }
          return null;
        });
  }

  private @Nullable TextException closeAll() {
    TextException first = null;
    for (Aggregate probe : new ArrayList<>(neighbours.all())) {
      for (Member member : probe.members()) {
        try {
          leave(member);
        } catch (TextException failure) {
          if (first == null) {
            first = failure;
          } else {
            first.addSuppressed(failure);
          }
        }
      }
    }
    return first;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the registry is closed");
    }
  }

  private Architecture architectureFor(CodeAddress address) {
    return settings.architectures().stream()
        .filter(each -> each.instructionSet().equals(address.instructionSet()))
        .findFirst()
        .orElseThrow(() -> new RefusedException(noArchitecture(address)));
  }

  private Refusal noArchitecture(CodeAddress address) {
    List<String> available =
        settings.architectures().stream().map(each -> each.instructionSet().name()).toList();
    return new Refusal.NoArchitecture(new Culprit(address, "", "(not decoded)"), available);
  }

  private <T extends @Nullable Object> T locked(Supplier<T> operation) {
    lock.lock();
    try {
      return operation.get();
    } finally {
      lock.unlock();
    }
  }
}
