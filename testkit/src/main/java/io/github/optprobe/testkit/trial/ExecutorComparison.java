package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.StartStates;
import io.github.optprobe.testkit.execute.StateDiff;
import java.util.Arrays;

/**
 * Executes the same code from the same start states on two executors, such as an emulator and the
 * host's CPU, and says what differs, but for what the manual leaves open. Not thread-safe.
 */
public final class ExecutorComparison {
  private final Side one;
  private final Side other;
  private final TrialSettings settings;

  /** One executor with its memory. */
  private static final class Side {
    private final Executor executor;
    private final Playground playground;
    private final StartStates starts;

    Side(Executor executor, long seed) {
      this.executor = executor;
      playground = new Playground(executor, seed);
      starts = new StartStates(executor, seed, playground.places());
    }

    Subject place(byte[] code) {
      playground.writeSubject(code);
      playground.restore();
      return Subject.of(executor.architecture(), playground, code);
    }
  }

  /**
   * Creates a comparison, which maps both executors' memory.
   *
   * @param one whose results are shown first; nothing is mapped in it
   * @param other of the same instruction set; nothing is mapped in it
   */
  public ExecutorComparison(Executor one, Executor other, TrialSettings settings) {
    this.one = new Side(one, settings.seed());
    this.other = new Side(other, settings.seed());
    this.settings = settings;
  }

  /**
   * Executes code on both.
   *
   * @param code whole instructions
   * @param state the number of the start state
   * @return what differs; the address of a fault is not compared
   */
  public StateDiff compare(byte[] code, long state) {
    Subject subject = one.place(code);
    other.place(code);
    long at = subject.address().value();
    MachineState start = one.starts.of(state, at);
    MachineState left = start.copy();
    MachineState right = transferred(start, other.starts.of(state, at));
    Ending leftEnd = one.executor.run(left);
    Ending rightEnd = other.executor.run(right);
    MachineState found = transferred(right, start.copy());
    StateDiff diff =
        StateDiff.between(start, left, found, register -> meant(subject, register, leftEnd), at);
    if (leftEnd.kind() != rightEnd.kind()) {
      diff = diff.and(new StateDiff.Row("end", "", leftEnd.toString(), rightEnd.toString()));
    }
    return leftEnd.isFault() ? diff : withMemory(diff);
  }

  private long meant(Subject subject, int register, Ending end) {
    Architecture architecture = one.executor.architecture();
    long[] masked =
        settings
            .masks()
            .meantBits(
                architecture.instructionSet().name(), subject.lines(), architecture.registers());
    boolean pc = register == architecture.registers().programCounter();
    long compared = pc ? -1L : one.executor.freeBits(register);
    return masked[register] & compared & one.executor.meantBits(register, end);
  }

  /** The registers that both have, as far as both have them. */
  private static MachineState transferred(MachineState from, MachineState into) {
    for (int i = 0; i < from.file().size(); i++) {
      into.set(i, from.get(i));
    }
    for (int i = 0; i < from.wideNames().size(); i++) {
      int index = into.wideNames().indexOf(from.wideNames().get(i));
      if (index >= 0) {
        byte[] value = from.wide(i);
        byte[] target = into.wide(index);
        System.arraycopy(value, 0, target, 0, Math.min(value.length, target.length));
      }
    }
    return into;
  }

  private StateDiff withMemory(StateDiff diff) {
    Playground.MemoryImage left = one.playground.image();
    Playground.MemoryImage right = other.playground.image();
    int at = Arrays.mismatch(left.data(), right.data());
    return at < 0
        ? diff
        : diff.and(
            new StateDiff.Row(
                "data +%x".formatted(at),
                "",
                "%02x".formatted(left.data()[at]),
                "%02x".formatted(right.data()[at])));
  }
}
