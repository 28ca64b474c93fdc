package io.github.optprobe.internal;

import io.github.optprobe.ProbeCounters;
import io.github.optprobe.ProbeState;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers questions about all probes, or about one. Changes nothing; used under the lock. */
final class Overview {
  private final Lister lister;
  private final Neighbours neighbours;
  private final GoneText goneText;
  private final WorkQueues queues;
  private final WantedText wanted;
  private final SlotKeeper slots;
  private final Reporter reporter;

  Overview(
      Settings settings,
      Neighbours neighbours,
      GoneText goneText,
      WorkQueues queues,
      WantedText wanted,
      SlotKeeper slots,
      Reporter reporter) {
    this.lister = new Lister(settings.codeMap());
    this.neighbours = neighbours;
    this.goneText = goneText;
    this.queues = queues;
    this.wanted = wanted;
    this.slots = slots;
    this.reporter = reporter;
  }

  /** By address, those at one address in registration order; gone ones last. */
  List<Member> members() {
    List<Member> members = new ArrayList<>();
    neighbours.all().forEach(probe -> members.addAll(List.of(probe.members())));
    members.addAll(goneText.members());
    return members;
  }

  List<String> list() {
    return members().stream().map(member -> lister.line(member, state(member))).toList();
  }

  ProbeState state(Member member) {
    return switch (member.life()) {
      case UNREGISTERED -> ProbeState.UNREGISTERED;
      case GONE -> ProbeState.GONE;
      case REGISTERED -> registeredState(member);
    };
  }

  private ProbeState registeredState(Member member) {
    Aggregate probe = member.aggregate();
    if (queues.isUnoptimizing(probe)) {
      return ProbeState.UNOPTIMIZING;
    }
    return member.isEnabled() ? enabledState(probe) : ProbeState.DISABLED;
  }

  private ProbeState enabledState(Aggregate probe) {
    return switch (probe.text()) {
      case ORIGINAL -> ProbeState.DISARMED;
      case BREAKPOINT -> queues.isOptimizing(probe) ? ProbeState.OPTIMIZING : ProbeState.ARMED;
      case JUMP -> ProbeState.OPTIMIZED;
    };
  }

  Optional<Tier> tier(Member member) {
    Aggregate probe = member.aggregate();
    boolean there = member.life() == HandleLife.REGISTERED;
    return switch (there ? probe.text() : TextState.ORIGINAL) {
      case ORIGINAL -> Optional.empty();
      case BREAKPOINT -> Optional.of(probe.trapTier());
      case JUMP -> Optional.of(Tier.OPTIMIZED);
    };
  }

  Optional<Refusal> whyNotOptimized(Member member) {
    Aggregate probe = member.aggregate();
    boolean optimized = probe.text() == TextState.JUMP && !queues.isUnoptimizing(probe);
    return optimized ? Optional.empty() : wanted.whyNotOptimized(probe);
  }

  ProbeCounters counters() {
    Collection<Aggregate> all = neighbours.all();
    int gone = goneText.members().size();
    return new ProbeCounters(
        gone + all.stream().mapToInt(probe -> probe.members().length).sum(),
        all.size(),
        (int) texts().filter(text -> text != TextState.ORIGINAL).count(),
        (int) texts().filter(text -> text == TextState.JUMP).count(),
        queues.optimizingCount(),
        queues.unoptimizingCount(),
        slots.leavingCount(),
        gone,
        reporter.optimizedTotal(),
        reporter.unoptimizedTotal(),
        reporter.failedTotal());
  }

  private Stream<TextState> texts() {
    return neighbours.all().stream().map(Aggregate::text);
  }
}
