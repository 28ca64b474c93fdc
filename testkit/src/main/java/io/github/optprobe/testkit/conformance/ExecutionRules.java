package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Tier;
import io.github.optprobe.testkit.trial.TrialDifference;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/** What is executed under a probe does what the original does; the original is the expectation. */
final class ExecutionRules {
  private static final int SHOWN = 3;

  /** With fewer it is chance what is met. */
  private static final int ENOUGH_SAMPLES = 200;

  private final Kit kit;

  ExecutionRules(Kit kit) {
    this.kit = kit;
  }

  private static boolean isGate(TrialDifference difference) {
    return difference.complaint().contains("the gate");
  }

  /** Ends that a program sees as a fault at the probed instruction; others are other rules'. */
  private boolean isFault(TrialDifference difference) {
    return difference.original().isFault() && !isGate(difference) && kit.faultsAtProbe(difference);
  }

  void runsTheSame(Tier tier) {
    require(each -> each.way().tier() == tier && !isFault(each) && !isGate(each));
  }

  void faultsAreSeenAtTheOriginal() {
    require(this::isFault);
  }

  void gateSeesTheProgram() {
    require(ExecutionRules::isGate);
  }

  /** A tier that takes branches at all takes those of both directions. */
  void branchesGoBothWays() {
    if (kit.samples().all().size() < ENOUGH_SAMPLES) {
      Assumptions.abort("fewer than %d samples".formatted(ENOUGH_SAMPLES));
    }
    kit.met()
        .forEach(
            (tier, kinds) -> {
              boolean any = kinds.stream().anyMatch(RelocationKind::isBranchOut);
              Claims.that(
                  !any
                      || (kinds.contains(RelocationKind.BRANCH_FORWARD)
                          && kinds.contains(RelocationKind.BRANCH_BACKWARD)),
                  "%s: of the branches, only some were executed: %s",
                  tier,
                  kinds);
            });
  }

  private void require(Predicate<TrialDifference> concerned) {
    List<TrialDifference> found = kit.differences().stream().filter(concerned).toList();
    if (!found.isEmpty()) {
      StringBuilder text = new StringBuilder();
      text.append("%d of the ways in which samples were probed differ.%n".formatted(found.size()));
      found.stream().limit(SHOWN).forEach(each -> text.append(String.format("%n%s", each)));
      byte[] code = java.util.HexFormat.of().parseHex(found.get(0).subject().hex());
      throw kit.broken(code, text.toString());
    }
  }
}
