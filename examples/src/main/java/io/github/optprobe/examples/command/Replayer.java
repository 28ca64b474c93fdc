package io.github.optprobe.examples.command;

import io.github.optprobe.examples.command.ReplayResult.Objection;
import io.github.optprobe.examples.command.ReplayResult.Verdict;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoders;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.fuzz.CaseOracle;
import io.github.optprobe.testkit.fuzz.ExecutionOracle;
import io.github.optprobe.testkit.fuzz.Finding;
import io.github.optprobe.testkit.fuzz.RelocationOracle;
import io.github.optprobe.testkit.fuzz.Replay;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shows bytes to all decoders and oracles.
 *
 * @param demanding whether an oracle that can not be asked ends it
 * @param firstState the number of the first start state of several instructions
 */
record Replayer(Campaign campaign, boolean demanding, long firstState) {
  private static final int STATES = 16;

  /**
   * Shows them.
   *
   * @param bytes one or several instructions
   * @param seed of the case, of which what is executed depends
   * @param whole whether several instructions are executed as one function as well
   */
  ReplayResult show(byte[] bytes, long seed, boolean whole) {
    byte[] input = Arrays.copyOf(bytes, Math.min(bytes.length, CodeInput.CAPACITY));
    String isa = campaign.isa();
    Replay answers = Replay.of(isa, input, Decoders.forInstructionSet(isa), List.of());
    return new ReplayResult(
        isa,
        HexFormat.of().formatHex(bytes),
        seed,
        answers.answers(),
        missing(),
        campaign.sortedKinds().stream().map(kind -> verdict(kind, input, seed)).toList(),
        whole ? whole(bytes, seed) : Optional.empty());
  }

  /** Of those that know the instruction set, on a machine that has them. */
  private Map<String, String> missing() {
    Map<String, String> missing = new TreeMap<>(Decoders.whyNot(campaign.isa()));
    missing.keySet().retainAll(DecoderChoice.ownFor(campaign.isa()));
    return missing;
  }

  private Verdict verdict(OracleKind kind, byte[] input, long seed) {
    try (Bench bench = new Bench(campaign)) {
      CaseOracle oracle = bench.oracle(kind);
      Verdict verdict = verdict(kind, oracle, input, seed);
      return compares(oracle) ? verdict : verdict.withoutComparison();
    } catch (RuntimeException failure) {
      if (demanding || !CommandSetup.isMissing(failure)) {
        throw failure;
      }
      return new Verdict(kind, String.valueOf(failure.getMessage()), false, List.of(), "");
    }
  }

  /** Whether something was compared: what can not be relocated is not. */
  private static boolean compares(CaseOracle oracle) {
    if (oracle instanceof ExecutionOracle execution) {
      return execution.tally().compared() > 0;
    }
    return !(oracle instanceof RelocationOracle relocation) || relocation.judged() > 0;
  }

  private Verdict verdict(OracleKind kind, CaseOracle oracle, byte[] input, long seed) {
    Replay replay = Replay.of(campaign.isa(), input, seed, List.of(), List.of(oracle));
    List<Objection> objections =
        replay.findings().stream().map(each -> objection(each, replay.bytes())).toList();
    return new Verdict(kind, "", true, objections, replay.detail());
  }

  private Objection objection(Finding finding, String hex) {
    return new Objection(finding, campaign.known().covering(finding, hex));
  }

  /** The whole of it, if it is more than one instruction, and if there is what executes it. */
  private Optional<TrialResult> whole(byte[] code, long seed) {
    if (!campaign.kinds().contains(OracleKind.EXECUTION)) {
      return Optional.empty();
    }
    try (Bench bench = new Bench(campaign)) {
      return whole(bench.executor(), code, seed);
    } catch (RuntimeException failure) {
      if (demanding || !CommandSetup.isMissing(failure)) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  private Optional<TrialResult> whole(Executor executor, byte[] code, long seed) {
    RelocationTrial trial = new RelocationTrial(executor, TrialSettings.of(seed));
    boolean several = trial.isCode(code) && trial.place(code).lines().size() > 1;
    return several ? Optional.of(trial.run(code, firstState, STATES)) : Optional.empty();
  }
}
