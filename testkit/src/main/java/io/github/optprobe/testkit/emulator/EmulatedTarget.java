package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Cpu;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A target whose CPU is emulated: map code, register probes on {@link #text()}, call functions with
 * {@link #run}. Everything is deterministic; the addresses of stack, gate and thread storage are
 * always the same.
 *
 * <p>Unicorn 2.0.1 takes some instructions for others: it runs VEX-encoded ones (AVX) as their SSE
 * relatives, knows no POPCNT, MOVBE, XSAVE or RDRAND, and an ENTER that nests two levels or more
 * copies wrong words. Do not take its word for these.
 *
 * <p>Faults are reported to the CPU's {@code faulted} at the instruction that faulted; where a
 * fault handler deals with one, the run goes on from the registers' program counter. Two things are
 * the emulator's: the program counter of a faulting vector or floating-point instruction may be an
 * earlier one's (see {@link GuestFaultException#pc}), and flags are those that the faulting
 * instruction found only where no instruction right in front of it has changed them, which holds
 * for a probed one in every tier.
 *
 * <p>A target for 32-bit ARM, made with an architecture for A32 or T32, runs both: code changes the
 * set by interworking, and {@link #run} takes pointers with their mark. Services are A32 code. It
 * runs in user mode, and hints do nothing. Accesses that ARMv7 wants aligned are carried out
 * unaligned. After a fault the program counter and the flags are exact, but the place in an IT
 * block is that of the straight run's start, which is right for a copy that is executed in a slot.
 *
 * <p>Text may be patched from any thread at any time; {@link #data()}, {@link #registers()} and
 * {@link #run} are for one thread at a time. Instances are dear (about a millisecond) and may be
 * used for any number of runs.
 */
public final class EmulatedTarget implements AutoCloseable {
  /** Where the stack ends, exclusive. */
  public static final long STACK_END = 0x7000_0000L;

  /** Size of the stack in bytes. */
  public static final int STACK_BYTES = 1 << 18;

  /** Where the thread's storage base points to; a page is mapped on each side of it. */
  public static final long THREAD_BASE = 0x7100_1000L;

  private static final long DEFAULT_SERVICES = 0x0f00_0000L;

  /** Room above the first frame, as a real stack has. */
  private static final int ABOVE_FIRST_FRAME = 4096;

  /** Bytes below the stack pointer that the interrupted function may be using. */
  private static final int RED_ZONE_BYTES = 128;

  private final Machine machine;
  private final Runner runner;
  private final List<HostState> hostStates = new ArrayList<>();
  private final List<Long> contexts = new ArrayList<>();
  private final List<Long> nestedContexts = new ArrayList<>();
  private int depth;
  private boolean tracing;
  private boolean closed;

  private EmulatedTarget(Builder builder) {
    machine = new Machine(builder.architecture, builder.servicesAt, builder.limit);
    runner = new Runner(this, machine);
    mapSurroundings();
  }

  /**
   * A target with default settings.
   *
   * @param architecture says which instruction set and which registers
   * @throws EmulatorUnavailableException if libunicorn can not be used
   * @throws IllegalArgumentException if the emulator has no profile of the instruction set
   */
  public static EmulatedTarget of(Architecture architecture) {
    return builder(architecture).build();
  }

  /** Begins a target. */
  public static Builder builder(Architecture architecture) {
    return new Builder(architecture);
  }

  // Memory.

  /**
   * Maps memory, whole pages, the rest of which is zero.
   *
   * @param address of the first byte; need not be the start of a page
   * @param content what is there
   * @return the pages
   * @throws IllegalArgumentException if {@code content} is empty or some of the pages are mapped
   *     already
   */
  public AddressRange map(long address, byte[] content, Protection protection) {
    AddressRange pages = map(AddressSpace.pagesOf(address, content.length), protection);
    machine.data().write(address, content);
    return pages;
  }

  /**
   * Maps zeroed memory.
   *
   * @param pages whole pages, above page 0
   * @return {@code pages}
   * @throws IllegalArgumentException if they are no whole pages or some are mapped already
   */
  public AddressRange map(AddressRange pages, Protection protection) {
    machine.lock().enter();
    try {
      return machine.space().map(pages, protection, Mapping.Purpose.USER).range();
    } finally {
      machine.lock().leave();
    }
  }

  /**
   * Executable memory. Slots are allocated from the middle of the wanted interval outwards. Stores
   * of 8 bytes are atomic. The CPU may execute a stale view of what was written until {@link
   * TextMemory#synchronizeCpus}.
   */
  public TextMemory text() {
    return machine.text();
  }

  /** All memory, without regard to what the guest is permitted. */
  public DataMemory data() {
    return machine.data();
  }

  /**
   * Reads memory of any kind.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  public byte[] readBytes(long address, int length) {
    return machine.data().read(address, length);
  }

  /**
   * Writes memory of any kind. The CPU notices changed code after {@link
   * TextMemory#synchronizeCpus}.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  public void writeBytes(long address, byte[] bytes) {
    machine.data().write(address, bytes);
  }

  /** How often the text has been synchronised. */
  public long synchronizations() {
    return machine.text().synchronizations();
  }

  /** Whether an address lies in memory that the text allocated: insn slots and detour buffers. */
  public boolean isSlot(long address) {
    return machine.isSlot(address);
  }

  /** How many pieces of memory the text has allocated and not got back: none, if no slot leaked. */
  public int liveAllocations() {
    return machine.slotMappings();
  }

  /** Whether an address is one of the target's own: gate, exit, host functions. */
  public boolean isService(long address) {
    return machine.services().range().contains(address);
  }

  /** The gate, for {@code Kprobes.Builder.gate}. */
  public long gate() {
    return machine.services().gate();
  }

  /** Width of an address, and of an argument of {@link #run}, in bytes: 8 or 4. */
  public int wordBytes() {
    return machine.profile().wordBytes();
  }

  // CPU.

  /** The CPU's registers, live: of the innermost run, or as the last one left them. */
  public Registers registers() {
    return machine.registers();
  }

  /** How many vector registers there are. */
  public int vectorRegisters() {
    return machine.vectors().count();
  }

  /** A vector register, 16 bytes, lowest first. */
  public byte[] vectorRegister(int index) {
    return machine.vectors().get(index);
  }

  /** Changes a vector register; 16 bytes, lowest first. */
  public void setVectorRegister(int index, byte[] value) {
    machine.vectors().set(index, value);
  }

  /**
   * The register with the flags of vector instructions (FPSCR); empty if the target does not look
   * at it.
   */
  public OptionalLong vectorStatus() {
    return machine.vectors().status();
  }

  /**
   * Which bits of a register mean something to a program, so that two runs can be compared: all
   * ones for all registers but the one that holds the flags.
   *
   * @param register its number in the register file
   * @param afterFault whether the run ended with a fault, after which the emulator knows less
   */
  public long comparableBits(int register, boolean afterFault) {
    return machine.registers().comparableBits(register, afterFault);
  }

  /**
   * Fills all registers with a pattern, except program counter, stack pointer, thread storage and
   * those flags that arithmetic does not set.
   *
   * @param seed the same seed gives the same pattern
   */
  public void seedRegisters(long seed) {
    new RegisterSeeder(this, machine).seed(seed);
  }

  /**
   * Calls a function and waits for it to return. All registers but the stack pointer and those of
   * the arguments are as they were left or set. May be called from a handler or a host function,
   * which then finds all registers as they were.
   *
   * @param entry the function, as a pointer to it: where one CPU has two instruction sets, as
   *     32-bit ARM has, bit 0 says that it is T32
   * @param cpu where traps are reported
   * @param arguments integers and pointers
   * @return its result
   * @throws GuestFaultException if the guest does something that it can't go on from
   * @throws UnexpectedTrapException if it traps and {@code cpu} does not know why
   */
  public long run(long entry, Cpu cpu, long... arguments) {
    requireOpen();
    return depth == 0 ? runOutermost(entry, cpu, arguments) : runNested(entry, cpu, arguments);
  }

  /** How often the guest has been stopped for something, since the target was created. */
  public TrapCounts counts() {
    return runner.counts();
  }

  /**
   * Traces all instructions until it is closed.
   *
   * @throws IllegalStateException if a trace is open, or the target is running
   */
  public Trace trace() {
    requireOpen();
    if (tracing || depth > 0) {
      throw new IllegalStateException("a trace is open already, or the target is running");
    }
    Trace trace = new Trace(this::stopTracing);
    tracing = true;
    runner.setTrace(trace);
    machine.engine().hooks().startTracing(trace::add);
    machine.forgetAllCode();
    return trace;
  }

  // Host functions and state.

  /**
   * Adds a function that is written in Java.
   *
   * @return its address, for the guest to call
   */
  public long addHostFunction(HostFunction function) {
    return machine.services().add(function);
  }

  /** Makes state of host functions part of snapshots. */
  public void addHostState(HostState state) {
    hostStates.add(state);
  }

  /** Data memory, registers and host state of this moment. A little of it lives with the target. */
  public Snapshot snapshot() {
    requireOpen();
    long context = machine.engine().newContext();
    contexts.add(context);
    machine.engine().saveContext(context);
    return new Snapshot(
        dataMappings(), context, machine.registers().programCounter(), List.copyOf(hostStates));
  }

  /**
   * Data memory of this moment, to be compared and not to be gone back to: it holds no registers
   * and no host state.
   */
  public Snapshot memory() {
    requireOpen();
    return new Snapshot(dataMappings(), Snapshot.NO_CONTEXT, 0, List.of());
  }

  /**
   * Goes back to a snapshot of this target. Text stays as it is.
   *
   * @throws IllegalArgumentException if it is of {@link #memory()} only
   */
  public void restore(Snapshot snapshot) {
    requireOpen();
    if (snapshot.context() == Snapshot.NO_CONTEXT) {
      throw new IllegalArgumentException("not a whole snapshot");
    }
    snapshot.restoreMemory(dataMappings());
    machine.engine().restoreContext(snapshot.context());
    machine.registers().setProgramCounter(snapshot.programCounter());
  }

  /** Frees the emulator. Closing again does nothing; everything else fails then. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      contexts.forEach(machine.engine()::freeContext);
      nestedContexts.forEach(machine.engine()::freeContext);
      machine.close();
    }
  }

  private long runOutermost(long entry, Cpu cpu, long... arguments) {
    machine.watchdog().start();
    try {
      return enterAndRun(STACK_END - ABOVE_FIRST_FRAME, entry, cpu, arguments);
    } finally {
      machine.quiescence().runEnds();
      machine.watchdog().stop();
    }
  }

  private long runNested(long entry, Cpu cpu, long... arguments) {
    Engine engine = machine.engine();
    while (nestedContexts.size() < depth) {
      nestedContexts.add(engine.newContext());
    }
    long context = nestedContexts.get(depth - 1);
    engine.saveContext(context);
    long pc = machine.registers().programCounter();
    long sp = engine.register(machine.profile().calls().stackPointer());
    try {
      return enterAndRun(sp - RED_ZONE_BYTES, entry, cpu, arguments);
    } finally {
      engine.restoreContext(context);
      machine.registers().setProgramCounter(pc);
      machine.noteReturns();
      machine.quiescence().runEnds();
    }
  }

  private long enterAndRun(long stack, long entry, Cpu cpu, long... arguments) {
    depth++;
    machine.quiescence().runBegins();
    try {
      machine.calls().enter(stack, entry, machine.services(), arguments);
      runner.run(cpu);
      return machine.calls().result();
    } finally {
      depth--;
    }
  }

  private void mapSurroundings() {
    machine
        .space()
        .map(
            AddressRange.ofLength(STACK_END - STACK_BYTES, STACK_BYTES),
            Protection.READ_WRITE,
            Mapping.Purpose.STACK);
    ThreadStorage.setUp(machine, THREAD_BASE);
    machine
        .engine()
        .setRegister(machine.profile().calls().stackPointer(), STACK_END - ABOVE_FIRST_FRAME);
  }

  private void stopTracing() {
    tracing = false;
    runner.setTrace(null);
    if (!closed) {
      machine.engine().hooks().stopTracing();
      machine.forgetAllCode();
    }
  }

  private List<Mapping> dataMappings() {
    return machine.space().all().stream().filter(Mapping::isData).toList();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the target is closed");
    }
  }

  /** Builds an {@link EmulatedTarget}. Not thread-safe. */
  public static final class Builder {
    private final Architecture architecture;
    private long servicesAt = DEFAULT_SERVICES;
    private Duration limit = Duration.ofSeconds(10);

    private Builder(Architecture architecture) {
      this.architecture = architecture;
    }

    /**
     * Puts gate, exit and host functions elsewhere, for tests of what a detour buffer does when the
     * gate is out of a branch's reach.
     *
     * @param address start of a page; 64 KiB there must be free
     */
    public Builder servicesAt(long address) {
      servicesAt = address;
      return this;
    }

    /** How long a run may take, handlers included; 10 seconds if not said. */
    public Builder timeLimit(Duration duration) {
      limit = duration;
      return this;
    }

    /**
     * Builds the target.
     *
     * @throws EmulatorUnavailableException if libunicorn can not be used
     * @throws IllegalArgumentException if the emulator has no profile of the instruction set
     */
    public EmulatedTarget build() {
      return new EmulatedTarget(this);
    }
  }
}
