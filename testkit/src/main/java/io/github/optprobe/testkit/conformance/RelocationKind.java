package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Tier;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.testkit.trial.Offer;
import io.github.optprobe.testkit.trial.Subject;
import io.github.optprobe.testkit.trial.Way;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What moving an instruction takes, as far as it shows from outside. */
enum RelocationKind {
  /** Its copy is the same wherever it lies. */
  PLAIN,
  /** It branches to somewhere behind the code around it. */
  BRANCH_FORWARD,
  /** It branches to somewhere before it. */
  BRANCH_BACKWARD,
  /** It branches to an instruction near it, which a window may hold too. */
  BRANCH_NEAR,
  /** It does not branch, and its copy depends on where it lies. */
  POSITION_DEPENDENT;

  static RelocationKind of(Subject subject, Offer offer) {
    long from = subject.address().value();
    Optional<CodeScan.Branch> out =
        subject.scan().branchesOut().stream().filter(branch -> branch.from() == from).findFirst();
    if (out.isPresent()) {
      boolean forward = Long.compareUnsigned(out.get().to(), from) > 0;
      return forward ? BRANCH_FORWARD : BRANCH_BACKWARD;
    }
    boolean near =
        subject.scan().branchesInto(subject.body()).stream()
            .anyMatch(branch -> branch.from() == from);
    if (near) {
      return BRANCH_NEAR;
    }
    return isPositionDependent(offer) ? POSITION_DEPENDENT : PLAIN;
  }

  private static boolean isPositionDependent(Offer offer) {
    List<byte[]> copies =
        offer.ways().stream()
            .filter(way -> way.tier() == Tier.BOOSTED || way.tier() == Tier.SINGLE_STEP)
            .map(Way::code)
            .map(RelocationKind::relocated)
            .toList();
    return copies.stream().anyMatch(copy -> !Arrays.equals(copy, copies.get(0)));
  }

  /** The relocated instruction without the jump back, which always depends on where it stands. */
  private static byte[] relocated(RelocatedCode code) {
    int from = (int) (code.entry() - code.start());
    return Arrays.copyOfRange(code.bytes(), from, (int) (code.end() - code.start()));
  }

  boolean isBranchOut() {
    return this == BRANCH_FORWARD || this == BRANCH_BACKWARD;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
