package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.PlaceRefusal;
import io.github.optprobe.Probe;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.PreparedProbe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Probes join addresses, leave them, and are enabled and disabled there: one or many at a time, all
 * or none. What is asked for is changed first, then the text is settled; if that fails, what was
 * asked for is changed back. Used under the registry's lock.
 */
final class Memberships {
  private static final int LEAST_DEFAULT_INSTANCES = 10;

  private final Registry registry;
  private final Places places;
  private final Neighbours neighbours;
  private final ProbeTable table;
  private final Preparer preparer;
  private final Settler settler;
  private final Reclaimer reclaimer;
  private final Trampolines trampolines;
  private final HitRouter router;
  private final IntSupplier cpus;
  private final boolean lazily;

  /**
   * Creates it.
   *
   * @param cpus how many CPUs there are
   * @param lazily whether a jump that nobody wants may stay until the optimizer runs
   */
  Memberships(
      Registry registry,
      Places places,
      Neighbours neighbours,
      ProbeTable table,
      Preparer preparer,
      Settler settler,
      Reclaimer reclaimer,
      Trampolines trampolines,
      HitRouter router,
      IntSupplier cpus,
      boolean lazily) {
    this.registry = registry;
    this.places = places;
    this.neighbours = neighbours;
    this.table = table;
    this.preparer = preparer;
    this.settler = settler;
    this.reclaimer = reclaimer;
    this.trampolines = trampolines;
    this.router = router;
    this.cpus = cpus;
    this.lazily = lazily;
  }

  /** Registers all of the probes or, if that throws, none. */
  List<Member> join(List<? extends Probe> probes) {
    List<Member> joined = new ArrayList<>(probes.size());
    boolean done = false;
    try (Touched touched = new Touched()) {
      try {
        for (Probe probe : probes) {
          join(probe, joined, touched);
        }
        settler.settle(touched.probes(), lazily);
        done = true;
      } finally {
        if (!done) {
          withdraw(joined, touched.probes());
        }
      }
    }
    joined.forEach(member -> member.setActive(member.isEnabled()));
    tellMembers(joined);
    return joined;
  }

  private static void tellMembers(List<Member> changed) {
    changed.stream().map(Member::aggregate).distinct().forEach(Aggregate::tellMembers);
  }

  private void join(Probe probe, List<Member> joined, Touched touched) {
    Aggregate aggregate = aggregateFor(standing(places.resolve(probe.place())));
    touched.touch(aggregate);
    checkObjection(aggregate, probe);
    Member member = member(aggregate, probe);
    if (member.hasPostHandler()) {
      requirePostTier(aggregate);
    }
    aggregate.add(member, aggregate.members().length);
    joined.add(member);
  }

  private void checkObjection(Aggregate aggregate, Probe probe) {
    if (router != HitRouter.NONE) {
      Culprit culprit = places.culprit(aggregate.address());
      router
          .objection(probe, aggregate.prepared(), culprit)
          .ifPresent(
              refusal -> {
                throw new RefusedException(refusal);
              });
    }
  }

  private CodeAddress standing(CodeAddress asked) {
    return preparer.standing(places.architectureFor(asked), asked);
  }

  private Member member(Aggregate aggregate, Probe probe) {
    return probe instanceof Kretprobe<?> kretprobe
        ? returnMember(aggregate, kretprobe)
        : new KprobeMember(registry, aggregate, (Kprobe) probe);
  }

  private <D> Member returnMember(Aggregate aggregate, Kretprobe<D> kretprobe) {
    Architecture architecture = aggregate.architecture();
    if (!preparer.isEntry(architecture, aggregate.address())) {
      throw new RefusedException(places.notEntry(aggregate.address()));
    }
    CallConvention calls =
        architecture
            .calls()
            .orElseThrow(() -> new RefusedException(noReturnProbes(aggregate.address())));
    Trampoline trampoline = trampolines.of(architecture, calls, aggregate.addressValue());
    int wanted = kretprobe.maxActive();
    int maxActive = wanted > 0 ? wanted : defaultInstances();
    return new KretprobeMember<>(registry, aggregate, kretprobe, trampoline, maxActive);
  }

  /** The kernel's: enough for each CPU to be in one call and to be interrupted in it by another. */
  private int defaultInstances() {
    int known = Math.max(cpus.getAsInt(), Runtime.getRuntime().availableProcessors());
    return Math.min(Kretprobe.MAX_ACTIVE_LIMIT, Math.max(LEAST_DEFAULT_INSTANCES, 2 * known));
  }

  private Refusal noReturnProbes(CodeAddress address) {
    return new PlaceRefusal.NoReturnProbes(places.culprit(address));
  }

  private Aggregate aggregateFor(CodeAddress address) {
    Aggregate existing = neighbours.at(address.value());
    if (existing != null) {
      return sameInstructionSet(existing, address);
    }
    Architecture architecture = places.architectureFor(address);
    PreparedProbe prepared = preparer.prepare(architecture, address);
    Aggregate fresh = new Aggregate(architecture, prepared, router);
    preparer.route(prepared, router);
    neighbours.add(fresh);
    table.add(fresh);
    return fresh;
  }

  private Aggregate sameInstructionSet(Aggregate existing, CodeAddress address) {
    if (existing.address().equals(address)) {
      return existing;
    }
    Culprit culprit = places.culprit(address);
    throw new RefusedException(
        new Refusal.OverlapsProbedInstruction(culprit, existing.addressValue()));
  }

  private void requirePostTier(Aggregate probe) {
    if (probe.prepared().tiers().stream().noneMatch(TierChoice::seesTheEnd)) {
      Culprit culprit = places.culprit(probe.address());
      throw new RefusedException(new Refusal.TierNotOffered(culprit, Tier.SINGLE_STEP));
    }
  }

  private void withdraw(List<Member> joined, Collection<Aggregate> touched) {
    for (int i = joined.size() - 1; i >= 0; i--) {
      Member member = joined.get(i);
      member.aggregate().remove(member);
      member.setLife(HandleLife.UNREGISTERED);
    }
    // What was taken back may have to be optimized anew.
    touched.forEach(settler::offerAgain);
    reclaimer.discardIfUnused(touched);
  }

  /**
   * Takes all of the members, whose text is there, from their addresses or, if that throws, none.
   * Their handles' life is the caller's.
   */
  void leave(List<Member> members, boolean lazily) {
    int[] positions = new int[members.size()];
    try (Touched touched = new Touched()) {
      for (int i = 0; i < positions.length; i++) {
        Member member = members.get(i);
        member.setActive(false);
        positions[i] = member.aggregate().remove(member);
        touched.touch(member.aggregate());
      }
      tellMembers(members);
      boolean done = false;
      try {
        settler.settle(touched.probes(), lazily);
        done = true;
      } finally {
        if (!done) {
          comeBack(members, positions, touched.probes());
        }
      }
      reclaimer.discardIfUnused(touched.probes());
    }
  }

  private void comeBack(List<Member> members, int[] positions, List<Aggregate> touched) {
    for (int i = positions.length - 1; i >= 0; i--) {
      Member member = members.get(i);
      member.aggregate().add(member, positions[i]);
      member.setActive(member.isEnabled());
    }
    tellMembers(members);
    touched.forEach(settler::offerAgain);
  }

  /** Enables or disables a member; if that throws, it is as it was. */
  void setEnabled(Member member, boolean enabled) {
    Aggregate probe = member.aggregate();
    change(member, enabled);
    if (enabled) {
      settler.forgetPassingRefusal(probe);
    }
    boolean done = false;
    try {
      settler.settle(List.of(probe), lazily);
      done = true;
    } finally {
      if (!done) {
        change(member, !enabled);
        settler.offerAgain(probe);
      }
    }
  }

  private static void change(Member member, boolean enabled) {
    member.setEnabled(enabled);
    member.setActive(enabled);
    member.aggregate().tellMembers();
  }
}
