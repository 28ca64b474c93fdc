package io.github.optprobe.testkit.conformance;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a text memory may be able to do, or not. What it claims is tested; what it does not claim it
 * must refuse clearly, and that is tested too.
 */
public enum TextCapability {
  /** Executable memory can be had somewhere. Without it {@code allocate} finds nothing free. */
  ALLOCATES,
  /**
   * It can be had within 1 MiB of the code, too. Without it nothing is free there. Implies {@link
   * #ALLOCATES}.
   */
  ALLOCATES_NEAR(ALLOCATES),
  /** What was given back can be had again. Implies {@link #ALLOCATES}. */
  REUSES_FREED(ALLOCATES),
  /** A write that fails has written nothing. Without it a part may have been written. */
  WRITES_ALL_OR_NOTHING,
  /**
   * Whoever reads while an atomic store is made sees the old bytes or the new ones. The contract
   * promises that to CPUs, and to readers not.
   */
  READS_STORES_WHOLE,
  /**
   * It has CPUs, and says where they stand. Whoever claims it overrides {@link
   * TextMemoryConformance#whileStandingAt}. Without it every range is quiescent.
   */
  REPORTS_QUIESCENCE;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed.
  private final Set<TextCapability> implied;

  TextCapability(TextCapability... implied) {
    this.implied = Set.of(implied);
  }

  /** The given ones, and all that they imply. */
  static Set<TextCapability> closure(Collection<TextCapability> claimed) {
    Set<TextCapability> all = EnumSet.noneOf(TextCapability.class);
    for (TextCapability each : claimed) {
      all.add(each);
      all.addAll(closure(each.implied));
    }
    return all;
  }
}
