package io.github.optprobe.live.machine;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import io.github.optprobe.live.memory.NearAllocator;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.text.AddressRange;
import java.util.List;

/**
 * All machine code of this process that is not made for a single probe, installed: the signals'
 * handlers, the stubs that call Java, and what they read. Its memory stays for as long as the
 * process lives, because nothing tells that no thread will come by any more.
 */
public final class Machinery {
  private static final int PROT_READ_EXECUTE = 5;
  private static final int WIPE_ON_FORK = 18;
  private static final int PAGE = 4096;
  private static final int ALIGNMENT = 64;
  private static final int CODE_BYTES = 4 * PAGE;

  private final ProcessMemory memory;
  private final DataBlock gateData = DataBlock.allocate(GateStubs.DATA_BYTES);
  private final DataBlock trapData = DataBlock.allocate(PAGE);
  private final DataBlock positionData = DataBlock.allocate(PAGE);
  private final TrapTable traps = new TrapTable(trapData);
  private final ReturnTable returns;
  private final PositionSampler sampler;
  private final int positionSignal;
  private final long code;
  private long written;
  private final long trapHandler;
  private final long positionHandler;
  private final long stubs;
  private final Stub stubCode;
  private long trampoline;

  private Machinery(ProcessMemory memory) {
    this.memory = memory;
    code =
        new NearAllocator(PROT_READ_EXECUTE)
            .allocate(CODE_BYTES, AddressRange.ALL)
            .orElseThrow(() -> new OutOfMemoryError("no memory for machine code"));
    written = code;
    returns = new ReturnTable(memory);
    CpuFeatures features = CpuFeatures.ask(write(CpuFeatures.query()));
    if (!features.hasSave()) {
      throw new UnsupportedOperationException("the CPU, or the system, has no xsave");
    }
    if (Libc.madvise(gateData.address(), PAGE, WIPE_ON_FORK) != 0) {
      throw new UnsupportedOperationException("the kernel can not wipe memory on fork (4.14)");
    }
    gateData.store(GateStubs.RETURNS, returns.address());
    stubCode = GateStubs.write(gateData.address(), features);
    stubs = write(stubCode.toBytes());
    trapHandler = write(TrapHandler.write(trapData.address()));
    positionHandler = write(PositionHandler.write(positionData.address()));
    positionSignal = Signals.free();
    // Asked of a handler that is set: the C library fills it in.
    Signals.install(positionSignal, positionHandler);
    long signalReturn = Signals.restorer(positionSignal);
    sampler = new PositionSampler(positionSignal, positionData, memory, signalReturn);
    endWithProcess();
  }

  /**
   * Writes everything and sets the signals' handlers. Java is not called yet.
   *
   * @throws UnsupportedOperationException if the CPU or the kernel lacks something
   * @throws IllegalStateException if no real-time signal is free
   */
  public static Machinery install(ProcessMemory memory) {
    Machinery machinery = new Machinery(memory);
    long earlier = Signals.install(Signals.SIGTRAP, machinery.trapHandler);
    machinery.trapData.store(TrapHandler.EARLIER, earlier);
    return machinery;
  }

  private long write(byte[] bytes) {
    long start = written;
    if (start + bytes.length > code + CODE_BYTES) {
      throw new IllegalStateException("no room for machine code");
    }
    memory.write(start, bytes);
    written = (start + bytes.length + ALIGNMENT - 1) & -ALIGNMENT;
    return start;
  }

  /** When the process ends by exit(3), Java is not called any more from then on. */
  private void endWithProcess() {
    Stub out = new Stub();
    out.code(0x48, 0xB8).int64(gateData.address()); // mov rax, data
    out.code(0x48, 0xC7, 0x00).int32(0); // mov qword [rax+ALIVE], 0
    out.code(0xC3); // ret
    Libc.__cxa_atexit(write(out.toBytes()), 0, 0);
  }

  /**
   * Says what the stubs call.
   *
   * @param function (address, frame, kind, record) → address of an exit frame, or 0 to go on
   */
  public void callJava(long function) {
    gateData.store(GateStubs.JAVA, function);
    gateData.store(GateStubs.ALIVE, 1);
  }

  /** Has the stubs go on without Java. */
  public void stopCallingJava() {
    gateData.store(GateStubs.ALIVE, 0);
  }

  /** Where breakpoints lead. */
  public TrapTable traps() {
    return traps;
  }

  /** Where tracked calls return to. */
  public ReturnTable returns() {
    return returns;
  }

  /** The gate of detour buffers and of trampolines. */
  public Gate jumpGate() {
    return stub("jump");
  }

  /** The gate of detour buffers at entries of functions that keep to the calling convention. */
  public Gate entryGate() {
    return stub("entry");
  }

  /** The gate of code that a breakpoint leads to. */
  public Gate trapGate() {
    return stub("trap");
  }

  /** The gate of code that a single step leads to. */
  public Gate stepGate() {
    return stub("step");
  }

  private Gate stub(String name) {
    return Gate.at(stubs + stubCode.offsetOf(name).orElseThrow());
  }

  /** How many hits did not reach Java because they were three deep on one thread. */
  public long lost() {
    return gateData.load(GateStubs.LOST);
  }

  /** Where the C library has handlers of signals return to. */
  public long signalReturn() {
    return Signals.restorer(Signals.SIGTRAP);
  }

  /**
   * Tells of the trampoline of return probes.
   *
   * @param address of its first byte
   * @param bytes how many it has
   */
  public void setTrampoline(long address, int bytes) {
    trampoline = address;
    gateData.store(GateStubs.TRAMPOLINE, address);
    TrampolineFrame.register(address, bytes, returns);
  }

  /** The trampoline's address; 0 if there is none. */
  public long trampoline() {
    return trampoline;
  }

  /**
   * Asks all threads but the calling one where they stand.
   *
   * @param own memory of ours: all addresses in it matter on their stacks
   * @param texts text that was patched: only program counters that a signal interrupted matter
   */
  public Positions sample(List<AddressRange> own, List<AddressRange> texts) {
    return sampler.sample(own, texts);
  }

  /**
   * Gives the breakpoint's signal back to whoever had it, unless somebody else has taken it.
   *
   * @return whether it was given back
   */
  public boolean giveSignalsBack() {
    Signals.restore(positionSignal, positionHandler, 0);
    return Signals.restore(Signals.SIGTRAP, trapHandler, trapData.load(TrapHandler.EARLIER));
  }
}
