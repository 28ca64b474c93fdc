package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.testkit.emulator.EmulatedExecutor;
import io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.trial.Distance;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.TrialResult;
import io.github.optprobe.testkit.trial.TrialSettings;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.Arrays;

/**
 * Executes instructions in the emulator, with those behind them that a jump would overwrite too,
 * from seeded start states, in each tier that they are offered. They are executed at an address of
 * the trial's own, with memory of its own: it is the instruction that is tried, not the program.
 */
final class TrialExecutor implements BoundaryExecutor {
  private static final long SEED = 0x5eed;
  private static final int STATES = 4;
  private static final int MOST_BYTES = 32;
  private static final int ENOUGH_BYTES = 16;
  private static final long HERE = 0x200_2000;

  private final Architecture architecture;
  private final Executor executor;
  private final RelocationTrial trial;

  private final TrialExecutors home;

  private TrialExecutor(Architecture architecture, TrialExecutors home) {
    this.home = home;
    this.architecture = architecture;
    executor = EmulatedExecutor.of(architecture);
    trial =
        new RelocationTrial(
            executor, TrialSettings.of(SEED).at(Distance.CLOSE_BEHIND, Distance.NEAR_BEFORE));
  }

  /**
   * Opens one.
   *
   * @throws CommandFailure if there is no emulator
   */
  static TrialExecutor open(Architecture architecture, TrialExecutors home) {
    try {
      return new TrialExecutor(architecture, home);
    } catch (EmulatorUnavailableException missing) {
      throw new CommandFailure(
          ExitCode.MISSING, "nothing can be executed: " + missing.getMessage(), missing);
    }
  }

  @Override
  public Execution execute(ElfFunction function, byte[] code, long address) {
    byte[] tried = instructionsFrom(code, (int) (address - function.body().first()));
    TrialResult result = trial.run(tried, address, STATES);
    if (!result.differences().isEmpty()) {
      return new Execution.Differs(result.differences().get(0).toString());
    }
    if (result.compared() > 0) {
      return new Execution.Executed(result.compared());
    }
    String reason =
        result.excluded().keySet().stream()
            .sorted()
            .findFirst()
            .map(Object::toString)
            .orElse(result.offer().isProbed() ? "NOT_COMPARED" : "NOT_PROBED");
    return new Execution.NotExecuted(reason);
  }

  /** The instruction and some behind it, whole. */
  private byte[] instructionsFrom(byte[] code, int offset) {
    byte[] rest = Arrays.copyOfRange(code, offset, Math.min(code.length, offset + MOST_BYTES));
    ByteArrayText text = ByteArrayText.at(HERE, rest);
    int length = 0;
    for (InstructionText line :
        architecture.disassemble(text, AddressRange.ofLength(HERE, rest.length))) {
      boolean whole = length + line.length() <= rest.length;
      if (length >= ENOUGH_BYTES
          || !whole
          || !trial.isCode(Arrays.copyOf(rest, length + line.length()))) {
        break;
      }
      length += line.length();
    }
    return Arrays.copyOf(rest, Math.max(length, 1));
  }

  String instructionSet() {
    return architecture.instructionSet().name();
  }

  /** Making one is dear: it is kept for the next function. */
  @Override
  public void close() {
    home.giveBack(this);
  }

  void dispose() {
    executor.close();
  }
}
