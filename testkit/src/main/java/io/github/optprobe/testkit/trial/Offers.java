package io.github.optprobe.testkit.trial;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks an architecture for all that it offers for a subject, as the registry does. */
final class Offers {
  private final Architecture architecture;
  private final TextReader text;
  private final Gate gate;

  Offers(Architecture architecture, TextReader text, Gate gate) {
    this.architecture = architecture;
    this.text = text;
    this.gate = gate;
  }

  Offer of(Subject subject, List<SlotArena> arenas) {
    List<Way> ways = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    Optional<PreparedProbe> any = Optional.empty();
    for (SlotArena arena : arenas) {
      arena.free(subject.hex().hashCode());
      Preparation preparation = preparation(subject, arena);
      Optional<PreparedProbe> probe = Optional.empty();
      try {
        probe = Optional.of(architecture.prepare(preparation));
        addTiers(ways, probe.get(), arena.distance());
        any = probe;
      } catch (RefusedException refused) {
        add(refusals, refused.refusal());
      }
      if (probe.isPresent() || any.isPresent()) {
        addDetour(
            ways,
            refusals,
            subject,
            preparation,
            arena.distance(),
            probe.isPresent() ? probe : any);
      }
    }
    return new Offer(ways, refusals);
  }

  /** What is emulated is not executed anywhere, so the distance is of no interest. */
  private static void addTiers(List<Way> ways, PreparedProbe probe, Distance distance) {
    for (Tier tier : probe.tiers()) {
      boolean known =
          tier == Tier.EMULATED && ways.stream().anyMatch(way -> way.tier() == Tier.EMULATED);
      // A jump is no tier of a breakpoint, whatever the probe says.
      if (!known && tier != Tier.OPTIMIZED) {
        ways.add(Way.of(tier, distance, probe));
      }
    }
  }

  private void addDetour(
      List<Way> ways,
      List<Refusal> refusals,
      Subject subject,
      Preparation preparation,
      Distance distance,
      Optional<PreparedProbe> probe) {
    try {
      PreparedDetour detour = detour(subject, preparation);
      ways.add(Way.of(distance, probe, detour));
    } catch (RefusedException refused) {
      add(refusals, refused.refusal());
    }
  }

  private PreparedDetour detour(Subject subject, Preparation preparation) {
    try {
      return prepare(subject, preparation, architecture.planWindow(preparation));
    } catch (RefusedException first) {
      for (JumpForm form : architecture.otherForms(first.refusal())) {
        try {
          return prepare(subject, preparation, architecture.planWindow(preparation, form));
        } catch (RefusedException refused) {
          // The first form's refusal is the one to know, as with the registry.
          first.addSuppressed(refused);
        }
      }
      throw first;
    }
  }

  private PreparedDetour prepare(Subject subject, Preparation preparation, WindowPlan plan) {
    windowObjection(subject, plan)
        .ifPresent(
            refusal -> {
              throw new RefusedException(refusal);
            });
    return architecture.prepareDetour(plan, preparation, gate);
  }

  /** What the registry would have against a window, where the whole function is known. */
  private Optional<Refusal> windowObjection(Subject subject, WindowPlan plan) {
    AddressRange window = plan.window();
    Culprit probed = architecture.culprit(text, subject.address());
    if (!subject.body().contains(window)) {
      return Optional.of(
          new Refusal.WindowLeavesFunction(probed, "subject", subject.body().length()));
    }
    if (plan.instructions() > 1 && subject.scan().firstIndirectJump().isPresent()) {
      return Optional.of(new Refusal.IndirectJump(probed, "subject"));
    }
    return subject
        .branchInto(window)
        .map(branch -> new Refusal.BranchIntoWindow(probed, window, branch.to()));
  }

  private Preparation preparation(Subject subject, SlotArena arena) {
    return new Preparation(
        subject.address(),
        text,
        arena,
        (bytes, within) -> Optional.empty(),
        () -> Optional.of(subject.scan()),
        false);
  }

  private static void add(List<Refusal> refusals, Refusal refusal) {
    if (refusals.stream().noneMatch(each -> each.code().equals(refusal.code()))) {
      refusals.add(refusal);
    }
  }
}
