package io.github.optprobe.testkit.emulator;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.testkit.execute.Deviations;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.GuardedData;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.execute.RunTrace;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.HookSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Executes on the Unicorn emulator: legacy x86 (no VEX and no EVEX: see {@link EmulatedTarget} for
 * what it takes for something else), A32, T32, and whatever a profile describes.
 */
public final class EmulatedExecutor implements Executor {
  /** Where the gate and its like lie; nothing else can be mapped in these 64 KiB. */
  public static final long SERVICES = 0x0f00_0000L;

  private static final Duration LIMIT = Duration.ofMillis(40);
  private static final int MOST_TRACED = 4096;

  /** {@code udf} in A32; in T32 {@code udf} too, and behind it a branch back to that. */
  private static final byte[] ARM_GUARD = {(byte) 0xf8, (byte) 0xde, (byte) 0xfd, (byte) 0xe7};

  /**
   * After so many changes of code the engine is replaced. Unicorn 2.0.1 keeps what it has
   * translated until a gigabyte of it is full, and then does not survive its own clearing up.
   */
  private static final int MOST_CHANGES = 50_000;

  private final Architecture architecture;
  private final Duration limit;
  private final GuardedData data = new GuardedData(new CurrentData(), this::canWrite);
  private Machine machine;
  private CpuImage image;
  private int changes;
  private boolean closed;

  /** What the emulator said of the last run. */
  private int error;

  private EmulatedExecutor(Architecture architecture, Duration limit) {
    this.architecture = architecture;
    this.limit = limit;
    machine = newMachine();
    image = newImage();
    newState();
  }

  private Machine newMachine() {
    return new Machine(architecture, SERVICES, limit, ExecutorProfile::withExactFaults);
  }

  private CpuImage newImage() {
    return new CpuImage(machine.engine(), machine.profile(), machine.registers());
  }

  /** Goes on with another engine and the same memory. */
  private void renew() {
    changes = 0;
    Machine old = machine;
    machine = newMachine();
    old.space().all().stream()
        .filter(mapping -> mapping.purpose() == Mapping.Purpose.USER)
        .forEach(machine.space()::adopt);
    image.close();
    old.close();
    image = newImage();
    newState();
  }

  /** The data of whichever engine there is. */
  private final class CurrentData implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      return machine.data().load(address, bytes);
    }

    @Override
    public void store(long address, int bytes, long value) {
      machine.data().store(address, bytes, value);
    }
  }

  /**
   * An executor whose runs may take 40 milliseconds each.
   *
   * @throws EmulatorUnavailableException if libunicorn can not be used
   * @throws IllegalArgumentException if the emulator has no profile of the instruction set
   */
  public static EmulatedExecutor of(Architecture architecture) {
    return of(architecture, LIMIT);
  }

  /**
   * An executor.
   *
   * @param limit how long a run may take
   */
  public static EmulatedExecutor of(Architecture architecture, Duration limit) {
    return new EmulatedExecutor(architecture, limit);
  }

  @Override
  public String name() {
    return "Unicorn, " + architecture.instructionSet().name();
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Deviations deviations() {
    return UnicornDeviations.of(architecture.instructionSet().name());
  }

  private boolean canWrite(long address) {
    Mapping mapping = machine.space().at(address);
    return mapping != null && mapping.protection().canWrite();
  }

  // Memory.

  @Override
  public void map(AddressRange pages, Protection protection) {
    machine.space().map(pages, protection, Mapping.Purpose.USER);
  }

  @Override
  public void unmap(AddressRange pages) {
    Mapping mapping = machine.space().at(pages.first());
    if (mapping == null || !mapping.range().equals(pages)) {
      throw new IllegalArgumentException("not mapped as one: " + pages);
    }
    machine.space().unmap(mapping);
  }

  @Override
  public boolean isMapped(long address) {
    return machine.space().at(address) != null;
  }

  @Override
  public void write(long address, byte[] bytes) {
    Mapping mapping = machine.space().at(address);
    if (mapping == null || mapping.bytesFrom(address) < bytes.length) {
      throw new TextException(
          TextException.Operation.WRITE, address, bytes.length, "not in one mapping");
    }
    mapping.memory().put(mapping.offsetOf(address), bytes);
    if (mapping.protection().canExecute()) {
      changes++;
      image.asFresh(() -> machine.engine().forgetTranslations(address, bytes.length));
    }
  }

  @Override
  public void read(long address, byte[] into) {
    Mapping mapping = machine.space().at(address);
    if (mapping == null || mapping.bytesFrom(address) < into.length) {
      throw new TextException(
          TextException.Operation.READ, address, into.length, "not in one mapping");
    }
    mapping.memory().get(mapping.offsetOf(address), into);
  }

  @Override
  public ByteBuffer view(AddressRange range) {
    Mapping mapping = machine.space().at(range.first());
    if (mapping == null || mapping.bytesFrom(range.first()) < range.length()) {
      throw new IllegalArgumentException("not in one mapping: " + range);
    }
    return mapping
        .memory()
        .slice(mapping.offsetOf(range.first()), (int) range.length())
        .order(mapping.memory().order());
  }

  @Override
  public byte[] guard() {
    return switch (architecture.instructionSet().name()) {
      case "a32", "t32" -> ARM_GUARD.clone();
      default -> architecture.breakpoint();
    };
  }

  @Override
  public DataMemory data() {
    return data;
  }

  // Registers.

  @Override
  public MachineState newState() {
    // As a call finds it, which is in the right one of several instruction sets.
    CodeAddress entry = new CodeAddress(SERVICES, architecture.instructionSet());
    long pointer = architecture.calls().map(calls -> calls.asReturnAddress(entry)).orElse(SERVICES);
    machine.exchange(pointer);
    return image.fresh();
  }

  @Override
  public long freeBits(int register) {
    String name = machine.registers().file().names().get(register);
    if (register == machine.registers().file().programCounter() || name.endsWith("_base")) {
      return 0;
    }
    return machine.registers().isStatus(register) ? machine.profile().status().arithmetic() : -1L;
  }

  @Override
  public long meantBits(int register, Ending end) {
    return machine.registers().comparableBits(register, end.isFault());
  }

  @Override
  public void reset() {
    if (changes > MOST_CHANGES) {
      renew();
    }
    image.reset();
  }

  // Running.

  @Override
  public long gate() {
    return machine.services().gate();
  }

  @Override
  public void leaveGate(MachineState atGate) {
    atGate.setProgramCounter(machine.services().returnOf(gate()));
  }

  @Override
  public Ending run(MachineState state) {
    image.toCpu(state);
    Ending end = runToEnd();
    image.fromCpu(state);
    return end;
  }

  private Ending runToEnd() {
    machine.watchdog().start();
    try {
      long until = Runner.NEVER;
      while (true) {
        Traps.Stop stop = runOnce(until);
        until = stop == Traps.Stop.UNSURE ? machine.family().traps().untilSure() : Runner.NEVER;
        boolean goesOn = stop == Traps.Stop.PASSED || stop == Traps.Stop.UNSURE;
        boolean waits = stop == Traps.Stop.OTHER && !isAtGate() && machine.isWaiting();
        if (!goesOn && !waits) {
          return ending(stop);
        }
        if (machine.watchdog().isExpired()) {
          return Ending.of(Ending.Kind.LIMIT);
        }
      }
    } finally {
      machine.watchdog().stop();
    }
  }

  private Traps.Stop runOnce(long until) {
    long begin = machine.registers().programCounter();
    runUntil(until);
    return machine.family().traps().stopOf(error, begin, until);
  }

  private void runUntil(long until) {
    machine.engine().hooks().clear();
    error = machine.engine().run(machine.family().startingPoint().getAsLong(), until, 0);
    machine.registers().takeProgramCounter();
  }

  private Ending ending(Traps.Stop stop) {
    HookSet hooks = machine.engine().hooks();
    return switch (stop) {
      case BREAKPOINT -> Ending.of(Ending.Kind.BREAKPOINT);
      case INTERRUPT -> new Ending(Ending.Kind.FAULT, hooks.interrupt(), 0);
      case FAULT -> fault(hooks);
      default -> other(hooks);
    };
  }

  private Ending fault(HookSet hooks) {
    long address = hooks.badAccess() ? hooks.badAddress() : 0;
    return switch (error) {
      case 8, 14 -> new Ending(Ending.Kind.FETCH, 0, machine.registers().programCounter());
      case 6, 7, 12, 13 -> new Ending(Ending.Kind.DATA, 0, address);
      case 10 -> Ending.of(Ending.Kind.ILLEGAL);
      default -> otherFault(hooks);
    };
  }

  private Ending otherFault(HookSet hooks) {
    long pc = machine.registers().programCounter();
    GuestFaultException.Kind kind = machine.family().traps().fault(error, pc).kind();
    return kind == GuestFaultException.Kind.INVALID_INSTRUCTION
        ? Ending.of(Ending.Kind.ILLEGAL)
        : new Ending(Ending.Kind.FAULT, error != 0 ? error : hooks.interrupt(), 0);
  }

  private Ending other(HookSet hooks) {
    if (isAtGate()) {
      machine.registers().setProgramCounter(gate());
      return Ending.of(Ending.Kind.GATE);
    }
    if (machine.watchdog().isExpired()) {
      return Ending.of(Ending.Kind.LIMIT);
    }
    // Halted, or a system call: numbers of our own, which no interrupt has.
    return new Ending(Ending.Kind.FAULT, hooks.systemCall() ? -2 : -1, 0);
  }

  private boolean isAtGate() {
    return machine.services().stubBefore(machine.registers().programCounter()) == gate();
  }

  @Override
  public Ending step(MachineState state) {
    image.toCpu(state);
    changes++;
    Stepper stepper = machine.family().stepper();
    long from = machine.registers().programCounter();
    long until = stepper.begin(from);
    boolean executed = false;
    Ending end;
    machine.watchdog().start();
    try {
      runUntil(until);
      executed = stepper.isDone(error);
      end =
          executed
              ? Ending.of(Ending.Kind.STEP)
              : ending(machine.family().traps().stopOf(error, from, Runner.NEVER));
    } finally {
      machine.watchdog().stop();
      stepper.end(executed);
    }
    image.fromCpu(state);
    return end;
  }

  @Override
  public RunTrace trace(MachineState state) {
    HookSet hooks = machine.engine().hooks();
    LongStream.Builder executed = LongStream.builder();
    int[] count = {0};
    List<AddressRange> loaded = new ArrayList<>();
    machine.forgetAllCode();
    hooks.startTracing(
        address -> {
          if (count[0]++ < MOST_TRACED) {
            executed.add(address);
          }
        });
    hooks.startNotingLoads(
        (address, bytes) -> {
          if (loaded.size() < MOST_TRACED) {
            loaded.add(AddressRange.ofLength(address, bytes));
          }
        });
    try {
      Ending end = run(state);
      return new RunTrace(executed.build().toArray(), loaded, end);
    } finally {
      hooks.stopTracing();
      hooks.stopNotingLoads();
      machine.forgetAllCode();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      image.close();
      machine.close();
    }
  }
}
