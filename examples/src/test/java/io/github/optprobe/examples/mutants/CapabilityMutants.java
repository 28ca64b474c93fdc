package io.github.optprobe.examples.mutants;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.testkit.conformance.Capability;
import io.github.optprobe.text.AddressRange;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Mutants that offer something else than they say: A900 to A907. */
final class CapabilityMutants {
  private CapabilityMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(absent(), present(), halves()).flatMap(each -> each);
  }

  private static Stream<Mutant> absent() {
    return Stream.of(
        Mutant.of("A900", "it declares a tier that it does not offer", () -> without(Tier.EMULATED))
            .declaring(Mutant.OFFERED),
        Mutant.of("A900", "it declares return probes that it does not offer", NoCalls::new)
            .declaring(Mutant.OFFERED),
        Mutant.of("A900", "it declares jumps that it refuses", NoJumps::new)
            .declaring(Mutant.OFFERED));
  }

  private static Stream<Mutant> present() {
    return Stream.of(
        Mutant.of("A901", "it steps without saying so", MutantArchitecture::new)
            .notDeclaring(Capability.SINGLE_STEP),
        Mutant.of("A902", "it boosts without saying so", MutantArchitecture::new)
            .notDeclaring(Capability.BOOST),
        Mutant.of("A903", "it emulates without saying so", MutantArchitecture::new)
            .notDeclaring(Capability.EMULATE),
        Mutant.of("A904", "it jumps without saying so", MutantArchitecture::new)
            .notDeclaring(Capability.OPTIMIZE),
        Mutant.of("A905", "its window takes in the instruction behind", WideWindow::new)
            .declaring(Mutant.OFFERED),
        Mutant.of(
                "A906",
                "it has other forms of jumps without saying so",
                WindowMutants.TwoForms::new)
            .declaring(Mutant.OFFERED),
        Mutant.of("A907", "it has return probes without saying so", MutantArchitecture::new)
            .notDeclaring(Capability.RETURN_PROBES));
  }

  private static Stream<Mutant> halves() {
    return Stream.of(
        Mutant.of("A903", "it emulates nothing, and says nothing when asked to", DoesNothing::new),
        Mutant.of("A906", "it plans for a form that it does not have", PlansAnyForm::new));
  }

  private static MutantArchitecture without(Tier tier) {
    return new MutantArchitecture() {
      @Override
      public PreparedProbe prepare(Preparation preparation) {
        PreparedProbe right = super.prepare(preparation);
        Set<Tier> tiers = EnumSet.copyOf(right.tiers());
        tiers.remove(tier);
        if (tiers.isEmpty()) {
          throw refused(unmovable(this, preparation));
        }
        return MutantProbe.withTiers(right, tiers);
      }
    };
  }

  static Refusal unmovable(MutantArchitecture mutant, Preparation preparation) {
    Culprit culprit = mutant.culprit(preparation.original(), preparation.address());
    return new Refusal.Unmovable(culprit, "MUTANT_REFUSES", "it is a mutant", "Use another one.");
  }

  private static final class NoCalls extends MutantArchitecture {
    @Override
    public Optional<CallConvention> calls() {
      return Optional.empty();
    }
  }

  private static final class NoJumps extends MutantArchitecture {
    @Override
    public WindowPlan planWindow(Preparation preparation) {
      throw refused(unmovable(this, preparation));
    }
  }

  /** The jump overwrites one instruction; the buffer stands for it and goes on behind it. */
  private static final class WideWindow extends MutantArchitecture {
    @Override
    public int maxWindowBytes() {
      return 2 * super.maxWindowBytes();
    }

    @Override
    public WindowPlan planWindow(Preparation preparation) {
      WindowPlan right = super.planWindow(preparation);
      return new MutantPlan(right, wide(right.window()), 2);
    }

    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      PreparedDetour right = super.prepareDetour(plan, preparation, gate);
      return MutantDetour.withWindow(right, wide(right.window()));
    }

    private static AddressRange wide(AddressRange window) {
      return AddressRange.ofLength(window.first(), 2 * window.length());
    }
  }

  private static final class DoesNothing extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      return without(Tier.EMULATED).prepare(preparation);
    }

    @Override
    public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
      // That is what is broken.
    }
  }

  private static final class PlansAnyForm extends MutantArchitecture {
    @Override
    public WindowPlan planWindow(Preparation preparation, JumpForm form) {
      return planWindow(preparation);
    }
  }
}
