package io.github.optprobe.examples.command;

import io.github.optprobe.examples.command.SweepResult.Difference;
import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.Failed;
import io.github.optprobe.examples.command.SweepResult.Swept;
import io.github.optprobe.examples.command.Tally.Count;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All files of a sweep together. Not thread-safe. */
final class SweepTotals {
  private final Tally tally = new Tally();
  private final Map<String, Example> examples = new LinkedHashMap<>();
  private final List<Difference> differences = new ArrayList<>();
  private final boolean executes;
  private int swept;
  private int failed;
  private long leftOut;
  private long functions;

  /**
   * Creates totals of nothing.
   *
   * @param executes whether instructions are executed
   */
  SweepTotals(boolean executes) {
    this.executes = executes;
  }

  void add(SweepResult result) {
    if (result instanceof Swept file) {
      swept++;
      functions += file.functions().size();
      tally.add(file.total());
      file.examples().forEach(each -> examples.putIfAbsent(each.kind() + each.code(), each));
      differences.addAll(file.differences());
    } else if (result instanceof Failed) {
      failed++;
    }
  }

  /** Files that were no ELF files. */
  void addLeftOut(long files) {
    leftOut += files;
  }

  Tally tally() {
    return tally;
  }

  /** One for each kind of refusal and reason: the first of the first file that has one. */
  List<Example> examples() {
    return List.copyOf(examples.values());
  }

  List<Difference> differences() {
    return List.copyOf(differences);
  }

  int swept() {
    return swept;
  }

  int failed() {
    return failed;
  }

  long leftOut() {
    return leftOut;
  }

  long functions() {
    return functions;
  }

  boolean executes() {
    return executes;
  }

  /** What the command should leave with. */
  ExitCode exitCode() {
    boolean found = failed > 0 || tally.get(Count.DIFFERS) > 0;
    return found ? ExitCode.FOUND : ExitCode.OK;
  }
}
