package io.github.optprobe.internal;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Probes whose text was removed: nothing is written there any more, nothing waits for them, and
 * their handles say so until they are closed. Used under the registry's lock. Source of the idea:
 * the kernel's {@code kill_kprobe()}.
 */
final class GoneText {
  private final Neighbours neighbours;
  private final Reclaimer reclaimer;
  private final Preparer preparer;
  private final SlotKeeper slots;
  private final WorkQueues queues;
  private final Set<Member> gone = new LinkedHashSet<>();

  GoneText(
      Neighbours neighbours,
      Reclaimer reclaimer,
      Preparer preparer,
      SlotKeeper slots,
      WorkQueues queues) {
    this.neighbours = neighbours;
    this.reclaimer = reclaimer;
    this.preparer = preparer;
    this.slots = slots;
    this.queues = queues;
  }

  /**
   * The text in a range is not there any more.
   *
   * @return the members that went with it
   * @throws IllegalArgumentException if the range would split what a probe has overwritten, or
   *     holds slots; nothing has changed then
   */
  List<Member> remove(AddressRange range) {
    List<Aggregate> reaching = List.copyOf(neighbours.reaching(range));
    requireWhole(reaching, range);
    List<Member> went = new ArrayList<>();
    for (Aggregate probe : reaching) {
      if (range.contains(probe.addressValue())) {
        went.addAll(kill(probe));
      } else {
        giveUpWindowInto(range, probe);
      }
    }
    linkedInto(range).forEach(probe -> giveUpLink(probe));
    slots.forgetIslands(range);
    preparer.forget(range);
    return went;
  }

  private void requireWhole(List<Aggregate> reaching, AddressRange range) {
    if (slots.overlaps(range)) {
      throw new IllegalArgumentException("insn slots of this registry lie in " + range);
    }
    for (Aggregate probe : reaching) {
      AddressRange occupied = probe.occupied();
      if (occupied.overlaps(range) && !range.contains(occupied)) {
        throw new IllegalArgumentException(
            "%s is only a part of what %s overwrites, %s".formatted(range, probe, occupied));
      }
    }
    for (Aggregate probe : linkedInto(range)) {
      if (probe.jump() != null) {
        throw new IllegalArgumentException("%s holds an island of %s".formatted(range, probe));
      }
    }
  }

  /** The probes outside of the range whose islands lie in it. */
  private List<Aggregate> linkedInto(AddressRange range) {
    AddressRange around =
        new AddressRange(
            AddressRange.around(range.first(), Padding.SEARCH, 0).first(),
            AddressRange.around(range.last(), 0, Padding.SEARCH).last());
    return neighbours.in(around).stream()
        .filter(probe -> !range.contains(probe.addressValue()))
        .filter(probe -> isLinkedInto(range, probe))
        .toList();
  }

  private static boolean isLinkedInto(AddressRange range, Aggregate probe) {
    PreparedDetour detour = probe.detour();
    return detour != null
        && detour.link().filter(link -> link.slot().range().overlaps(range)).isPresent();
  }

  private List<Member> kill(Aggregate probe) {
    reclaimer.discard(probe);
    List<Member> members = List.of(probe.members());
    for (Member member : members) {
      member.setActive(false);
      member.setLife(HandleLife.GONE);
      gone.add(member);
    }
    return members;
  }

  /** A window that is not written yet, of a probe that stays, reaches into what is removed. */
  private void giveUpWindowInto(AddressRange range, Aggregate probe) {
    PreparedDetour detour = probe.detour();
    if (detour != null && detour.window().overlaps(range)) {
      giveUp(probe, detour, "(a part of its window was removed)");
    }
  }

  private void giveUpLink(Aggregate probe) {
    PreparedDetour detour = probe.detour();
    if (detour != null) {
      giveUp(probe, detour, "(the island of its jump was removed)");
    }
  }

  private void giveUp(Aggregate probe, PreparedDetour detour, String phrase) {
    Culprit culprit = new Culprit(probe.address(), "", phrase);
    probe.dropDetour(new Refusal.Unmapped(culprit));
    slots.retire(detour);
    queues.offer(probe);
  }

  /** Those of the members whose text is there. */
  List<Member> without(List<Member> members) {
    return gone.isEmpty()
        ? members
        : members.stream().filter(member -> !gone.contains(member)).toList();
  }

  /** A gone member's handle was closed. */
  void forget(Member member) {
    gone.remove(member);
  }

  /** The gone members whose handles are not closed. */
  Set<Member> members() {
    return gone;
  }
}
