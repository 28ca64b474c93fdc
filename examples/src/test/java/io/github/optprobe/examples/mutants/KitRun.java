package io.github.optprobe.examples.mutants;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.conformance.ArchitectureConformance;
import io.github.optprobe.testkit.conformance.Capability;
import io.github.optprobe.testkit.conformance.KitRule;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * What the kit says of a mutant.
 *
 * @param failed the numbers of the rules that failed
 * @param messages what they say
 * @param skipped how many rules were not tried
 */
record KitRun(Set<String> failed, String messages, long skipped) {
  private static final String CONTAINER = "container";

  /** Runs the whole kit. Not thread-safe. */
  static KitRun on(Mutant mutant) {
    Subject.mutant = mutant;
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .selectors(DiscoverySelectors.selectClass(Subject.class))
            .execute();
    return new KitRun(
        results.allEvents().failed().stream()
            .map(KitRun::number)
            .collect(Collectors.toCollection(TreeSet::new)),
        results.allEvents().failed().stream()
            .map(KitRun::message)
            .collect(Collectors.joining("\n")),
        results.testEvents().aborted().count());
  }

  /** The rule's number; something else if it was not a rule that failed. */
  private static String number(Event event) {
    String method = event.getTestDescriptor().getDisplayName().replace("()", "");
    return KitRule.of(method).map(KitRule::number).orElse(CONTAINER);
  }

  private static String message(Event event) {
    return event
        .getRequiredPayload(TestExecutionResult.class)
        .getThrowable()
        .map(String::valueOf)
        .orElseThrow();
  }

  /** The kit on a mutant, with few samples: most defects are seen in many. */
  static final class Subject extends ArchitectureConformance {
    /** What psABI, 2.1, lets functions change. */
    private static final Set<String> VOLATILE =
        Set.of(
            "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
            "a7");

    /** The rule that counts what was met. */
    private static final String NEEDS_MANY = "A306";

    private static Mutant mutant = MutantsThatAreNone.PLAIN;
    private final Architecture architecture = mutant.architecture().get();

    @Override
    protected Architecture architecture() {
      return architecture;
    }

    @Override
    protected Optional<Set<Capability>> capabilities() {
      return mutant.declared();
    }

    @Override
    protected Optional<Set<String>> volatileRegisters() {
      return Optional.of(VOLATILE);
    }

    /** {@code auipc a0,0xfffff}: what lies in front, and {@code nop}. Manual, 2.4. */
    @Override
    protected List<byte[]> samples() {
      return List.of(Site.bytes(0xffff_f517, Site.NOP));
    }

    @Override
    protected int sampleCount() {
      return mutant.rules().contains(NEEDS_MANY) ? 250 : 20;
    }

    @Override
    protected int startStates() {
      return 2;
    }
  }
}
