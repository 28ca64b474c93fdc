package io.github.optprobe.examples.mutants;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.conformance.Capability;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A broken architecture, and the rules that have to catch it.
 *
 * @param defect what is broken, in one sentence
 * @param why why more than one rule is broken; empty if one is
 * @param rules the numbers of the rules that fail, all others hold
 * @param declared what its author declares; empty if nothing
 * @param architecture makes it
 */
record Mutant(
    String defect,
    String why,
    Set<String> rules,
    Optional<Set<Capability>> declared,
    Supplier<Architecture> architecture) {

  /** What RV64I offers. */
  static final Set<Capability> OFFERED =
      Set.of(
          Capability.SINGLE_STEP,
          Capability.BOOST,
          Capability.EMULATE,
          Capability.OPTIMIZE,
          Capability.RETURN_PROBES);

  /** One that breaks one rule. */
  static Mutant of(String rule, String defect, Supplier<Architecture> architecture) {
    return new Mutant(defect, "", Set.of(rule), Optional.empty(), architecture);
  }

  /** One that breaks several, for a reason. */
  static Mutant of(String rules, String defect, String why, Supplier<Architecture> architecture) {
    Set<String> numbers = new TreeSet<>(Arrays.asList(rules.split(", ", -1)));
    return new Mutant(defect, why, numbers, Optional.empty(), architecture);
  }

  /** The same of an author who declares what it offers. */
  Mutant declaring(Set<Capability> capabilities) {
    return new Mutant(defect, why, rules, Optional.of(capabilities), architecture);
  }

  /** The same of an author who declares less than RV64I offers. */
  Mutant notDeclaring(Capability capability) {
    Set<Capability> less = EnumSet.copyOf(OFFERED);
    less.remove(capability);
    return declaring(less);
  }

  @Override
  public String toString() {
    return String.join(", ", rules) + ": " + defect;
  }
}
