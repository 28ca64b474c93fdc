package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.Refusal;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.StateDiff;
import io.github.optprobe.testkit.trial.CodeExplorer;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.TrialDifference;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Relocation as an oracle, the executing half: the instruction at the start of a case is executed
 * without a probe and under a probe in every tier, with every form of jump and slots at several
 * distances, and has to do the same. What a jump needs behind it are instructions that the case's
 * seed picks from a fixed pool.
 *
 * <p>Categories: {@code EXECUTED} (values differ), {@code GATE} (handlers see something else, or
 * are called wrongly), {@code CRASH} (the architecture, or the executor, threw).
 */
public final class ExecutionOracle implements CaseOracle {
  /** Of the pool, and of what memory holds: the same in every campaign, so that bytes replay. */
  private static final long FIXED_SEED = 0x5eed;

  private static final int POOL = 4_000;
  private static final int WANTED_BYTES = 16;

  private final Architecture architecture;
  private final RelocationTrial trial;
  private final int states;
  private final List<byte[]> pool;
  private final ExecutionTally tally = new ExecutionTally();

  /**
   * Creates an oracle, which maps the executor's memory.
   *
   * @param executor with nothing mapped; belongs to whoever gave it
   * @param settings of trials; their seed decides what memory holds
   * @param states from how many start states each case is executed
   */
  public ExecutionOracle(Executor executor, TrialSettings settings, int states) {
    this.architecture = executor.architecture();
    this.trial = new RelocationTrial(executor, settings);
    this.states = states;
    CodeExplorer explorer = new CodeExplorer(architecture, FIXED_SEED);
    for (int i = 0; i < POOL; i++) {
      explorer.instruction();
    }
    pool = explorer.known();
  }

  /** The same with the settings that campaigns use. */
  public static ExecutionOracle of(Executor executor, int states) {
    return new ExecutionOracle(executor, TrialSettings.of(FIXED_SEED), states);
  }

  @Override
  public String name() {
    return "execution";
  }

  /** What was executed so far. */
  public ExecutionTally tally() {
    return tally;
  }

  @Override
  public void check(CodeInput input, long seed, Consumer<? super Finding> findings) {
    byte[] first = firstInstruction(input);
    if (first.length == 0) {
      tally.notCode();
      return;
    }
    for (TrialDifference difference : run(first, seed).differences()) {
      findings.accept(finding(difference, first.length));
    }
  }

  private TrialResult run(byte[] first, long seed) {
    byte[] code = withFollowers(first, seed);
    TrialResult result = trial.run(code, Math.floorMod(seed, 1L << 32), states);
    tally.add(result);
    return result;
  }

  private static Finding finding(TrialDifference difference, int bytes) {
    boolean gate = difference.complaint().contains("the gate");
    String text = difference.subject().lines().get(0).text();
    int blank = text.indexOf(' ');
    String operation = blank < 0 ? text : text.substring(0, blank);
    List<StateDiff.Row> rows = difference.diff().rows();
    String what = rows.isEmpty() ? "complaint" : rows.get(0).what().replaceAll(" .*", "");
    return new Finding(
        gate ? "GATE" : "EXECUTED",
        difference.way().tier() + " " + difference.way().form(),
        operation + " " + what,
        bytes);
  }

  /** The bytes of the first instruction; none if there is none that can be executed. */
  private byte[] firstInstruction(CodeInput input) {
    byte[] bytes = input.bytes();
    ByteArrayText text = ByteArrayText.at(input.address(), bytes);
    InstructionText line =
        architecture.disassemble(text, AddressRange.ofLength(input.address(), 1)).get(0);
    boolean whole = line.length() <= bytes.length;
    byte[] first = Arrays.copyOf(bytes, whole ? line.length() : 0);
    return whole && trial.isCode(first) ? first : new byte[0];
  }

  private byte[] withFollowers(byte[] first, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] code = first;
    int wanted = Math.min(WANTED_BYTES, architecture.maxWindowBytes());
    while (code.length < wanted) {
      byte[] next = pool.get(random.nextInt(pool.size()));
      byte[] longer = Arrays.copyOf(code, code.length + next.length);
      System.arraycopy(next, 0, longer, code.length, next.length);
      if (!trial.isCode(longer)) {
        return code;
      }
      code = longer;
    }
    return code;
  }

  @Override
  public String explain(CodeInput input, long seed) {
    byte[] first = firstInstruction(input);
    if (first.length == 0) {
      return "no instruction that can be executed";
    }
    TrialResult result = run(first, seed);
    List<String> lines = new ArrayList<>();
    lines.add(trial.place(withFollowers(first, seed)).toString());
    lines.add("executed: " + new TreeMap<>(result.cases()));
    new TreeMap<>(result.excluded())
        .forEach((why, runs) -> lines.add("not compared: " + runs + " " + why.reason()));
    String refusals =
        result.offer().refusals().stream().map(Refusal::code).collect(Collectors.joining(", "));
    lines.add("refused: " + (refusals.isEmpty() ? "nothing" : refusals));
    result.differences().forEach(difference -> lines.add("\n" + difference));
    return String.join("\n", lines);
  }
}
