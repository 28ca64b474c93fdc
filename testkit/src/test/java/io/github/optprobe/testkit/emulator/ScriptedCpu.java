package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** Answers traps as a test says, and remembers where they were. */
public final class ScriptedCpu implements Cpu {
  /** Program counters of all breakpoints. */
  public final List<Long> breakpoints = new ArrayList<>();

  /** Program counters after all steps. */
  public final List<Long> steps = new ArrayList<>();

  /** Program counters of all gate calls. */
  public final List<Long> gates = new ArrayList<>();

  /** Program counters of all faults. */
  public final List<Long> faults = new ArrayList<>();

  private Function<Registers, FaultOutcome> onFault = registers -> FaultOutcome.NOT_OURS;
  private Function<Registers, Resume> onBreakpoint = registers -> Resume.NOT_OURS;
  private Function<Registers, Resume> onStep = registers -> Resume.NOT_OURS;
  private Function<Registers, Resume> onGate = registers -> Resume.CONTINUE;

  /** Knows no breakpoint until it is told. */
  public ScriptedCpu() {}

  /** Knows no breakpoint. */
  public static ScriptedCpu withoutProbes() {
    return new ScriptedCpu();
  }

  /** Sets the answer to breakpoints. */
  public ScriptedCpu onBreakpoint(Function<Registers, Resume> answer) {
    onBreakpoint = answer;
    return this;
  }

  /** Sets the answer to steps. */
  public ScriptedCpu onStep(Function<Registers, Resume> answer) {
    onStep = answer;
    return this;
  }

  /** Sets what happens at the gate. */
  public ScriptedCpu onGate(Function<Registers, Resume> answer) {
    onGate = answer;
    return this;
  }

  /** Sets the answer to faults. */
  public ScriptedCpu onFault(Function<Registers, FaultOutcome> answer) {
    onFault = answer;
    return this;
  }

  @Override
  public Resume breakpoint(Registers registers) {
    breakpoints.add(registers.programCounter());
    return onBreakpoint.apply(registers);
  }

  @Override
  public Resume stepped(Registers registers) {
    steps.add(registers.programCounter());
    return onStep.apply(registers);
  }

  @Override
  public Resume gate(Registers registers) {
    gates.add(registers.programCounter());
    return onGate.apply(registers);
  }

  @Override
  public FaultOutcome faulted(Registers registers) {
    faults.add(registers.programCounter());
    return onFault.apply(registers);
  }

  @Override
  public OptionalLong originalReturnAddress(long found, long entryStackPointer) {
    return OptionalLong.of(found);
  }

  @Override
  public void leave() {}

  @Override
  public long[] originalReturnAddresses() {
    return new long[0];
  }
}
