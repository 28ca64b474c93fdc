package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Finding;
import io.github.optprobe.testkit.fuzz.KnownDisagreement;
import io.github.optprobe.testkit.fuzz.Replay;
import io.github.optprobe.testkit.trial.TrialResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One case, shown again.
 *
 * @param isa name of the instruction set
 * @param bytes of the case, as hex digits
 * @param seed of the case
 * @param answers what each decoder says
 * @param missing the decoders that can not be used here, with the reasons
 * @param verdicts what each oracle says
 * @param whole what came of executing all of the bytes as one function, if they are several
 *     instructions
 */
record ReplayResult(
    String isa,
    String bytes,
    long seed,
    List<Replay.Answer> answers,
    Map<String, String> missing,
    List<Verdict> verdicts,
    Optional<TrialResult> whole) {

  /** Creates a result. */
  ReplayResult {
    answers = List.copyOf(answers);
    verdicts = List.copyOf(verdicts);
  }

  /**
   * What an oracle says.
   *
   * @param notAsked why it could not be; empty if it was
   * @param compared whether there was something to compare
   * @param objections what it found
   * @param detail what it has to say beside
   */
  record Verdict(
      OracleKind kind,
      String notAsked,
      boolean compared,
      List<Objection> objections,
      String detail) {
    /** Creates a verdict. */
    Verdict {
      objections = List.copyOf(objections);
    }

    /** One word for it. */
    String word() {
      if (!notAsked.isEmpty()) {
        return "not asked";
      }
      if (objections.isEmpty()) {
        return compared ? "agrees" : "nothing to compare";
      }
      boolean objects = objections.stream().anyMatch(each -> each.known().isEmpty());
      return objects ? "objects" : "known";
    }

    /** The same of an oracle that had nothing to compare. */
    Verdict withoutComparison() {
      return new Verdict(kind, notAsked, false, objections, detail);
    }
  }

  /**
   * What an oracle objects to.
   *
   * @param known the entry that covers it
   */
  record Objection(Finding finding, Optional<KnownDisagreement> known) {}

  /** Whether nothing is wrong but what is known. */
  ExitCode exitCode() {
    boolean objects = verdicts.stream().anyMatch(each -> each.word().equals("objects"));
    boolean differs = whole.filter(each -> !each.differences().isEmpty()).isPresent();
    return objects || differs ? ExitCode.FOUND : ExitCode.OK;
  }
}
