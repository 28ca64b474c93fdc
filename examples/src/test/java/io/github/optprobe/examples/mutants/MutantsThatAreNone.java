package io.github.optprobe.examples.mutants;

import java.util.Optional;
import java.util.Set;

/** What the mutants are made from keeps all rules. */
final class MutantsThatAreNone {
  static final Mutant PLAIN =
      new Mutant(
          "nothing is broken", "", Set.of(), Optional.of(Mutant.OFFERED), MutantArchitecture::new);

  static final Mutant TWO_FORMS =
      new Mutant(
          "nothing is broken, and there are two forms of jumps",
          "",
          Set.of(),
          Optional.empty(),
          WindowMutants.TwoForms::new);

  private MutantsThatAreNone() {}
}
