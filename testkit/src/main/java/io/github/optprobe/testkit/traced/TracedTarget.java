package io.github.optprobe.testkit.traced;

import io.github.optprobe.Cpu;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A target whose CPU is the host's own: map code, register probes on {@link #text()}, call
 * functions with {@link #run}. What an emulator gets wrong or does not know (VEX, EVEX, faults of
 * vector instructions) is what it is here. For x86-64 and, by names of the architecture's registers
 * and 32-bit addresses, for x86-32 in compatibility mode.
 *
 * <p>Traps, steps, gate calls and faults are reported to the given {@link Cpu}, on a thread that
 * belongs to the target. A system call in the code is executed: there must be none.
 *
 * <p>One run at a time. Text may be written from any thread at any time; allocating and freeing
 * waits for a run that is going on, so a handler must not wait for another thread that registers or
 * removes probes. Who runs very many short pieces does so inside {@link #call}.
 */
public final class TracedTarget implements AutoCloseable {
  /** Where the stack ends, exclusive. */
  public static final long STACK_END = 0x7000_0000L;

  /** Size of the stack in bytes. */
  public static final int STACK_BYTES = 1 << 18;

  /** Where the thread's storage base points to, in 64-bit code; a page is mapped on each side. */
  public static final long THREAD_BASE = 0x7100_1000L;

  /** What a stack protector finds at offset 0x28 of the thread's storage. */
  private static final long STACK_GUARD = 0x5bd1_e995_7f4a_7c00L;

  private static final int STACK_GUARD_OFFSET = 0x28;
  private static final long SERVICES = 0x0f00_0000L;
  private static final long EXIT = SERVICES;
  private static final long GATE = SERVICES + 16;
  private static final int ABOVE_FIRST_FRAME = 4096;
  private static final int RED_ZONE_BYTES = 128;
  private static final int STACK_ALIGNMENT = 16;
  private static final byte INT3 = (byte) 0xcc;
  private static final byte RET = (byte) 0xc3;
  private static final long RESERVED_FLAG = 2;
  private static final GeneralRegister[] ARGUMENTS = {
    GeneralRegister.RDI, GeneralRegister.RSI, GeneralRegister.RDX,
    GeneralRegister.RCX, GeneralRegister.R8, GeneralRegister.R9
  };

  private final TracedMachine machine;
  private final CpuMode mode;
  private final TracedRegisters registers;
  private final Standing standing;
  private final TracedText text;
  private final TracedData data;
  private final RunLoop loop;
  private int depth;

  private TracedTarget(Architecture architecture, TracedMachine machine, Duration limit) {
    this.machine = machine;
    boolean wide = architecture.instructionSet().addressBits() == Long.SIZE;
    mode = wide ? CpuMode.BITS_64 : CpuMode.BITS_32;
    registers = new TracedRegisters(machine, architecture.registers(), mode);
    standing = new Standing(machine, registers, mode);
    // Below that a kernel maps nothing for ordinary users; above, it has no user space.
    AddressRange usable = new AddressRange(0x10000, wide ? 0x7fff_ffff_efffL : 0xffff_efffL);
    text = new TracedText(machine, standing, usable);
    data = new TracedData(machine.regions());
    StepFlag stepFlag = new StepFlag(machine, registers, mode);
    loop = new RunLoop(machine, registers, stepFlag, GATE, EXIT, limit.toNanos());
  }

  /**
   * A target whose runs may take 10 seconds each, handlers included.
   *
   * @param architecture says which mode the CPU is in and how its registers are called
   * @throws TracedUnavailableException if the host is not x86-64 Linux or does not permit it
   * @throws IllegalArgumentException if the architecture has a register that the CPU has not
   */
  public static TracedTarget of(Architecture architecture) {
    return of(architecture, TracedMachine.DEFAULT_LIMIT);
  }

  /**
   * A target.
   *
   * @param limit how long a run may take, handlers included
   */
  public static TracedTarget of(Architecture architecture, Duration limit) {
    TracedMachine machine = TracedMachine.start(limit);
    try {
      TracedTarget target = new TracedTarget(architecture, machine, limit);
      target.mapSurroundings();
      return target;
    } catch (RuntimeException | Error failure) {
      machine.close();
      throw failure;
    }
  }

  // Memory.

  /**
   * Maps memory, whole pages, the rest of which is zero.
   *
   * @param address of the first byte; need not be the start of a page
   * @param content what is there, not empty
   * @return the pages
   * @throws IllegalArgumentException if some of the pages are mapped already
   */
  public AddressRange map(long address, byte[] content, Protection protection) {
    long first = address & -Regions.PAGE_BYTES;
    long last = (address + content.length - 1) | (Regions.PAGE_BYTES - 1);
    AddressRange pages = machine.map(new AddressRange(first, last), protection);
    machine.write(address, content);
    return pages;
  }

  /** Maps zeroed memory; see {@link TracedMachine#map}. */
  public AddressRange map(AddressRange pages, Protection protection) {
    return machine.map(pages, protection);
  }

  /** Executable memory. Stores of 8 bytes are atomic. */
  public TextMemory text() {
    return text;
  }

  /** All memory, without regard to what the child is permitted. */
  public DataMemory data() {
    return data;
  }

  /** Reads memory of any kind; see {@link TracedMachine#read}. */
  public byte[] readBytes(long address, int length) {
    return machine.read(address, length);
  }

  /** Writes memory of any kind; see {@link TracedMachine#write}. */
  public void writeBytes(long address, byte[] bytes) {
    machine.write(address, bytes);
  }

  /** Whether an address lies in memory that the text allocated: insn slots and detour buffers. */
  public boolean isSlot(long address) {
    Region region = machine.regions().at(address);
    return region != null && region.slots();
  }

  /** How many pieces of memory the text has allocated and not got back: none, if no slot leaked. */
  public int liveAllocations() {
    return (int) machine.regions().slotRegions();
  }

  /** The gate, for {@code Kprobes.Builder.gate}. */
  public long gate() {
    return GATE;
  }

  // CPU.

  /** The machine underneath: all registers, vector registers, mapping and unmapping. */
  public TracedMachine machine() {
    return machine;
  }

  /** Does something on the thread that traces; what it calls here is done without hand-over. */
  public <T> T call(Supplier<T> work) {
    return machine.call(work);
  }

  /** The CPU's registers, live: of the innermost run, or as the last one left them. */
  public Registers registers() {
    return registers;
  }

  /**
   * Lets the CPU run from the registers as they are until something stops it that neither {@code
   * cpu} nor the target deals with. The program counter is then at the instruction that faulted
   * (for a fault in a probe's copy, at the original one), or at the breakpoint that is no probe's.
   *
   * @param cpu where traps are reported
   * @return what stopped it
   */
  public Stop resume(Cpu cpu) {
    return machine.call(() -> resumeHere(cpu));
  }

  /**
   * Calls a function and waits for it to return: System V conventions, of the i386 supplement for
   * 32-bit code. All registers but the stack pointer and those of the arguments are as they were
   * left or set. May be called from a handler, which then finds all registers as they were.
   *
   * @param entry the function
   * @param cpu where traps are reported
   * @param arguments integers and pointers
   * @return its result: rax, or eax
   * @throws GuestStoppedException if it does not return
   */
  public long run(long entry, Cpu cpu, long... arguments) {
    return machine.call(
        () -> depth == 0 ? runOutermost(entry, cpu, arguments) : runNested(entry, cpu, arguments));
  }

  /** Kills the child. Closing again does nothing. */
  @Override
  public void close() {
    machine.close();
  }

  private long runOutermost(long entry, Cpu cpu, long... arguments) {
    return enterAndRun(STACK_END - ABOVE_FIRST_FRAME, entry, cpu, arguments);
  }

  private long runNested(long entry, Cpu cpu, long... arguments) {
    long[] general = machine.registers();
    VectorState vectors = machine.vectors();
    try {
      return enterAndRun(registers.stackPointer() - RED_ZONE_BYTES, entry, cpu, arguments);
    } finally {
      machine.setRegisters(general);
      machine.setVectors(vectors);
      registers.stopped();
    }
  }

  private long enterAndRun(long below, long entry, Cpu cpu, long... arguments) {
    enter(below, arguments);
    machine.setRegister(GeneralRegister.RIP, entry);
    Stop stop = resumeHere(cpu);
    long pc = registers.lastProgramCounter();
    if (stop.kind() != Stop.Kind.BREAKPOINT || pc != EXIT) {
      throw new GuestStoppedException(stop, pc);
    }
    long result = machine.register(GeneralRegister.RAX);
    return mode == CpuMode.BITS_64 ? result : Integer.toUnsignedLong((int) result);
  }

  private Stop resumeHere(Cpu cpu) {
    depth++;
    standing.runBegins();
    try {
      return loop.run(cpu);
    } finally {
      standing.runEnds();
      depth--;
    }
  }

  /** Makes the CPU stand before a function's first instruction, called with these arguments. */
  private void enter(long below, long... arguments) {
    int word = mode.wordBytes();
    int inRegisters = mode == CpuMode.BITS_64 ? Math.min(arguments.length, ARGUMENTS.length) : 0;
    for (int i = 0; i < inRegisters; i++) {
      machine.setRegister(ARGUMENTS[i], arguments[i]);
    }
    int onStack = arguments.length - inRegisters;
    long sp = (below - (long) onStack * word) & -STACK_ALIGNMENT;
    for (int i = 0; i < onStack; i++) {
      data.store(sp + (long) i * word, word, arguments[inRegisters + i]);
    }
    data.store(sp - word, word, EXIT);
    machine.setRegister(GeneralRegister.RSP, sp - word);
  }

  private void mapSurroundings() {
    machine.map(AddressRange.ofLength(STACK_END - STACK_BYTES, STACK_BYTES), Protection.READ_WRITE);
    machine.map(
        AddressRange.ofLength(THREAD_BASE - Regions.PAGE_BYTES, 2L * Regions.PAGE_BYTES),
        Protection.READ_WRITE);
    data.store(THREAD_BASE, Long.BYTES, THREAD_BASE);
    data.store(THREAD_BASE + STACK_GUARD_OFFSET, Long.BYTES, STACK_GUARD);
    machine.map(AddressRange.ofLength(SERVICES, Regions.PAGE_BYTES), Protection.READ_EXECUTE);
    machine.write(EXIT, new byte[] {INT3});
    machine.write(GATE, new byte[] {INT3, RET});
    machine.setMode(mode);
    machine.setRegister(GeneralRegister.RFLAGS, RESERVED_FLAG);
    machine.setRegister(GeneralRegister.FS_BASE, mode == CpuMode.BITS_64 ? THREAD_BASE : 0);
    machine.setRegister(GeneralRegister.RSP, STACK_END - ABOVE_FIRST_FRAME);
    machine.execute(registers::stopped);
  }
}
