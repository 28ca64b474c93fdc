package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.PreparedProbe;
import java.util.EnumSet;
import java.util.Set;

/** What an architecture does not offer, it refuses, everywhere and clearly. */
final class CapabilityRules {
  private final Kit kit;
  private final Architecture architecture;

  CapabilityRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  void declaredIsWhatIsSeen() {
    Set<Capability> seen = kit.samples().seen();
    Set<Capability> missing = EnumSet.noneOf(Capability.class);
    missing.addAll(kit.capabilities());
    missing.removeAll(seen);
    // What is seen but not declared is what the rules of absence are about.
    Claims.that(missing.isEmpty(), "declared but not seen in any sample: %s", missing);
  }

  void absentTierIsNotOffered(Tier tier) {
    for (Samples.Sample sample : kit.samples().probed()) {
      if (sample.probe().orElseThrow().tiers().contains(tier)) {
        throw kit.broken(sample, "offers " + tier);
      }
    }
  }

  void withoutEmulationItSaysSo() {
    absentTierIsNotOffered(Tier.EMULATED);
    Samples.Sample sample = kit.samples().probed().get(0);
    PreparedProbe probe = sample.probe().orElseThrow();
    try {
      architecture.emulate(probe, Bed.registers(architecture), new Nothing());
    } catch (IllegalStateException says) {
      Claims.that(says.getMessage() != null, "the exception says nothing");
      return;
    }
    throw kit.broken(sample, "emulate() returns");
  }

  void withoutJumpsEveryWindowIsRefused() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      try {
        bed.detour();
      } catch (RefusedException refused) {
        continue;
      }
      throw kit.broken(sample, "a detour is prepared");
    }
  }

  void withoutWideWindowsEachIsOneInstruction() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      long window = sample.detour().orElseThrow().window().length();
      if (window > sample.probe().orElseThrow().original().length) {
        throw kit.broken(sample, "a window of %d bytes".formatted(window));
      }
    }
  }

  void withoutOtherJumpsThereAreNone() {
    Samples.Sample sample = kit.samples().probed().get(0);
    Bed bed = kit.bed(sample);
    Refusal any =
        new Refusal.NoMemoryInReach(architecture.culprit(bed.memory, bed.address()), bed.body(), 1);
    Claims.that(architecture.otherForms(any).isEmpty(), "otherForms() is not empty");
    try {
      architecture.planWindow(bed.preparation(), new JumpForm("none", 1, "nowhere"));
    } catch (IllegalStateException | RefusedException says) {
      Claims.that(says.getMessage() != null, "the exception says nothing");
      return;
    }
    throw kit.broken(sample, "plans a window for a form that there is not");
  }

  void withoutReturnProbesTheyAreRefused() {
    Claims.that(architecture.calls().isEmpty(), "calls() is not empty");
    Samples.Sample sample = kit.samples().probed().get(0);
    Bed bed = kit.bed(sample);
    try (Kprobes kprobes = bed.registry().build()) {
      kprobes.register(
          Kretprobe.at(bed.address()).returnHandler((instance, registers) -> {}).build());
    } catch (RefusedException refused) {
      return;
    }
    throw kit.broken(sample, "a return probe is registered");
  }

  /** Memory in which nothing is mapped. */
  private static final class Nothing implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      throw new AssertionError("loads");
    }

    @Override
    public void store(long address, int bytes, long value) {
      throw new AssertionError("stores");
    }
  }
}
