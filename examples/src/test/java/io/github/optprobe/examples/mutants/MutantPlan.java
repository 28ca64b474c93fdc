package io.github.optprobe.examples.mutants;

import io.github.optprobe.Refusal;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import java.util.Optional;

/**
 * A plan that says something else than it is made from.
 *
 * @param base what it is made from
 * @param window what it says the window is
 * @param instructions how many instructions it says that these are
 */
record MutantPlan(WindowPlan base, AddressRange window, int instructions) implements WindowPlan {

  static WindowPlan unwrapped(WindowPlan plan) {
    return plan instanceof MutantPlan mutant ? mutant.base : plan;
  }

  @Override
  public Optional<Refusal> unlessEntriesKnown() {
    return base.unlessEntriesKnown();
  }
}
