package io.github.optprobe.testkit.traced;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.execute.Deviations;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.GuardedData;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.execute.RunTrace;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Executes on the host's own x86 CPU, in a traced child: VEX and EVEX instructions, and faults, are
 * real. For x86-64, and x86-32 in compatibility mode. System calls are not executed: they end a
 * run.
 *
 * <p>A run costs tens of microseconds, some ten times what an emulator takes.
 */
public final class TracedExecutor implements Executor {
  /** Where the gate lies; nothing else can be mapped in this page. */
  public static final long SERVICES = 0x0f00_0000L;

  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final byte[] GATE_CODE = {(byte) 0xcc, (byte) 0xc3};
  private static final int MOST_TRACED = 4096;
  private static final int SIGILL = 4;
  private static final int SIGBUS = 7;
  private static final int SIGSEGV = 11;

  /** Bit 1, which is always set, and interrupts on, as programs have it. */
  private static final long START_FLAGS = 0x202;

  /** CF, PF, AF, ZF, SF and OF. */
  private static final long ARITHMETIC_FLAGS = 0x8d5;

  /**
   * Flags that are not of a program: that by which the CPU resumes behind a fault, that interrupts
   * come, and the one (ID) that a kernel does not let a tracer set, so that it stays from run to
   * run.
   */
  private static final long KERNEL_FLAGS = 0x21_0200;

  private static final Deviations NOTES =
      new Deviations(
          List.of(
              Deviations.Deviation.of(
                  "^(fnstenv|fnsave|fxsave|xsave)\\w*\\b",
                  "it stores the address of the last floating-point instruction: no deviation, but"
                      + " relocated code shows")));

  private final Architecture architecture;
  private final TracedMachine machine;
  private final RegisterFile file;
  private final GeneralRegister[] registers;
  private final VectorImage vectors;
  private final GuardedData data;
  private final StepFlag stepFlag;
  private final int flags;
  private final long[] fresh;

  private TracedExecutor(Architecture architecture, TracedMachine machine) {
    this.architecture = architecture;
    this.machine = machine;
    boolean wide = architecture.instructionSet().addressBits() == Long.SIZE;
    CpuMode mode = wide ? CpuMode.BITS_64 : CpuMode.BITS_32;
    file = architecture.registers();
    registers = file.names().stream().map(TracedRegisters::named).toArray(GeneralRegister[]::new);
    flags = List.of(registers).indexOf(GeneralRegister.RFLAGS);
    machine.setMode(mode);
    machine.setRegister(GeneralRegister.RFLAGS, START_FLAGS);
    machine.map(AddressRange.ofLength(SERVICES, Regions.PAGE_BYTES), Protection.READ_EXECUTE);
    machine.write(SERVICES, GATE_CODE);
    vectors = new VectorImage(machine.vectors());
    data = new GuardedData(new TracedData(machine.regions()), this::canWrite);
    stepFlag = new StepFlag(machine, new TracedRegisters(machine, file, mode), mode);
    fresh = machine.registers();
  }

  /**
   * An executor whose runs may take half a second each.
   *
   * @throws TracedUnavailableException if the host is not x86-64 Linux or does not permit it
   * @throws IllegalArgumentException if the architecture has a register that the CPU has not
   */
  public static TracedExecutor of(Architecture architecture) {
    TracedMachine machine = TracedMachine.start(LIMIT);
    try {
      return new TracedExecutor(architecture, machine);
    } catch (RuntimeException | Error failure) {
      machine.close();
      throw failure;
    }
  }

  private boolean canExecute(long address) {
    Region region = machine.regions().at(address);
    return region != null && region.protection().canExecute();
  }

  private boolean canWrite(long address) {
    Region region = machine.regions().at(address);
    return region != null && region.protection().canWrite();
  }

  @Override
  public String name() {
    return "the host's CPU, " + architecture.instructionSet().name();
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Deviations deviations() {
    return NOTES;
  }

  @Override
  public void map(AddressRange pages, Protection protection) {
    machine.map(pages, protection);
  }

  @Override
  public void unmap(AddressRange pages) {
    machine.unmap(pages);
  }

  @Override
  public boolean isMapped(long address) {
    return machine.regions().at(address) != null;
  }

  @Override
  public void write(long address, byte[] bytes) {
    machine.write(address, bytes);
  }

  @Override
  public void read(long address, byte[] into) {
    byte[] bytes = machine.read(address, into.length);
    System.arraycopy(bytes, 0, into, 0, bytes.length);
  }

  @Override
  public ByteBuffer view(AddressRange range) {
    return machine.memory(range);
  }

  @Override
  public DataMemory data() {
    return data;
  }

  @Override
  public MachineState newState() {
    int bits = architecture.instructionSet().addressBits();
    MachineState state = MachineState.zero(file, bits, vectors.names(), vectors.widths());
    if (flags >= 0) {
      state.set(flags, START_FLAGS);
    }
    int mxcsr = vectors.names().size() - 1;
    ByteBuffer.wrap(state.wide(mxcsr)).put(new byte[] {(byte) 0x80, 0x1f, 0, 0});
    return state;
  }

  @Override
  public long freeBits(int register) {
    boolean base = file.names().get(register).endsWith("_base");
    if (register == file.programCounter() || base) {
      return 0;
    }
    return register == flags ? ARITHMETIC_FLAGS : -1L;
  }

  @Override
  public long meantBits(int register, Ending end) {
    return register == flags ? ~KERNEL_FLAGS : -1L;
  }

  @Override
  public void reset() {
    vectors.reset();
  }

  @Override
  public long gate() {
    return SERVICES;
  }

  @Override
  public void leaveGate(MachineState atGate) {
    atGate.setProgramCounter(SERVICES + 1);
  }

  @Override
  public Ending run(MachineState state) {
    return machine.call(
        () -> {
          toChild(state);
          Stop stop = machine.runWithoutSystemCalls();
          fromChild(state);
          return ending(stop, state);
        });
  }

  @Override
  public Ending step(MachineState state) {
    return machine.call(
        () -> {
          toChild(state);
          boolean pushesFlags = stepFlag.isPushedAt(state.programCounter());
          Stop stop = machine.stepWithoutSystemCalls();
          fromChild(state);
          if (stop.kind() == Stop.Kind.STEP && pushesFlags) {
            stepFlag.takeOutOf(state.stackPointer());
          }
          return ending(stop, state);
        });
  }

  private void toChild(MachineState state) {
    long[] values = fresh.clone();
    for (int i = 0; i < registers.length; i++) {
      values[registers[i].index()] = state.get(i);
    }
    machine.setRegisters(values);
    machine.setVectors(vectors.toChild(state));
  }

  private void fromChild(MachineState state) {
    long[] values = machine.registers();
    for (int i = 0; i < registers.length; i++) {
      state.set(i, values[registers[i].index()]);
    }
    vectors.fromChild(machine.vectors(), state);
  }

  private Ending ending(Stop stop, MachineState state) {
    return switch (stop.kind()) {
      case BREAKPOINT -> {
        state.setProgramCounter(state.programCounter() - 1);
        boolean gate = state.programCounter() == SERVICES;
        yield Ending.of(gate ? Ending.Kind.GATE : Ending.Kind.BREAKPOINT);
      }
      case STEP -> Ending.of(Ending.Kind.STEP);
      case SIGNAL -> signal(stop, state);
      case SYSTEM_CALL -> new Ending(Ending.Kind.FAULT, 0, 0);
      case TIME_LIMIT -> Ending.of(Ending.Kind.LIMIT);
      case EXIT -> throw new ChildGoneException("it ended with " + stop);
    };
  }

  private Ending signal(Stop stop, MachineState state) {
    boolean memory = stop.signal() == SIGSEGV || stop.signal() == SIGBUS;
    if (memory && !canExecute(state.programCounter())) {
      return new Ending(Ending.Kind.FETCH, 0, stop.address());
    }
    if (memory) {
      return new Ending(Ending.Kind.DATA, 0, stop.address());
    }
    return stop.signal() == SIGILL
        ? Ending.of(Ending.Kind.ILLEGAL)
        : new Ending(Ending.Kind.FAULT, stop.signal(), 0);
  }

  /** One instruction after the other; what is loaded can not be told. */
  @Override
  public RunTrace trace(MachineState state) {
    LongStream.Builder executed = LongStream.builder();
    Ending end = Ending.of(Ending.Kind.STEP);
    for (int i = 0; i < MOST_TRACED && end.kind() == Ending.Kind.STEP; i++) {
      executed.add(state.programCounter());
      end = step(state);
    }
    return new RunTrace(executed.build().toArray(), List.of(), end);
  }

  @Override
  public void close() {
    machine.close();
  }
}
