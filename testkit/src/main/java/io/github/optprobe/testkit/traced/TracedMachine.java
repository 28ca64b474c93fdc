package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A child process as a bare machine: memory at addresses of one's choice, the registers of one
 * hardware thread, and "run" or "step" until something stops it. Nothing is mapped in it to begin
 * with but one page of its own at 0x5fff00000000. No signal is ever delivered to it; a system call
 * in its code is executed, so code under test must have none, or be run without.
 *
 * <p>All methods may be called from any thread, one at a time; each waits for a thread that belongs
 * to this machine. Who does much does it in {@link #call}, on that thread, and pays for the
 * hand-over once. The child dies with this process, or with {@link #close}.
 */
public final class TracedMachine implements AutoCloseable {
  /** How long a run or step may take where nothing else is said. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

  private final OwnerThread owner;
  private final Child child;

  private TracedMachine(OwnerThread owner, Child child) {
    this.owner = owner;
    this.child = child;
  }

  /**
   * Starts a child.
   *
   * @throws TracedUnavailableException if the host is not x86-64 Linux or does not permit it
   */
  public static TracedMachine start() {
    return start(DEFAULT_LIMIT);
  }

  /**
   * Starts a child.
   *
   * @param limit how long a run or step may take
   * @throws TracedUnavailableException if the host is not x86-64 Linux or does not permit it
   */
  public static TracedMachine start(Duration limit) {
    OwnerThread owner = new OwnerThread();
    try {
      return new TracedMachine(owner, owner.call(() -> Child.start(limit)));
    } catch (RuntimeException | Error failure) {
      owner.close();
      throw failure;
    }
  }

  /** Does something on the thread that traces; what it calls here is done without hand-over. */
  public <T> T call(Supplier<T> work) {
    return owner.call(work);
  }

  /** The same for what gives no result. */
  public void execute(Runnable work) {
    owner.call(
        () -> {
          work.run();
          return true;
        });
  }

  /** Whether the calling thread is the one that traces. */
  boolean isOwner() {
    return owner.isCurrent();
  }

  // Memory.

  /**
   * Maps zeroed memory.
   *
   * @param pages whole pages of 4096 bytes
   * @return {@code pages}
   * @throws IllegalArgumentException if they are no whole pages, some are mapped already, or the
   *     kernel refuses these addresses
   * @throws IllegalStateException if more than half a gigabyte would be mapped
   */
  public AddressRange map(AddressRange pages, Protection protection) {
    return call(() -> child.map(pages, protection, false));
  }

  /**
   * Unmaps what one call of {@link #map} mapped.
   *
   * @throws IllegalArgumentException if it is not such a range
   */
  public void unmap(AddressRange pages) {
    execute(() -> child.unmap(pages));
  }

  /**
   * Reads memory, whatever the child may do with it. Any thread may, at any time.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  public byte[] read(long address, int length) {
    return child.regions().read(address, length);
  }

  /**
   * Writes memory, whatever the child may do with it. Any thread may, at any time; while the child
   * stands still, it sees changed code when it goes on.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  public void write(long address, byte[] bytes) {
    child.regions().write(address, bytes);
  }

  /**
   * Mapped memory as it is at every moment, for many small accesses; little-endian.
   *
   * @param range within one mapping; once that is unmapped the view shows anything
   * @throws IllegalArgumentException if it is not
   */
  public ByteBuffer memory(AddressRange range) {
    return child.memory(range);
  }

  Regions regions() {
    return child.regions();
  }

  /** Maps memory for the text's slots. */
  void mapSlots(AddressRange pages) {
    execute(() -> child.map(pages, Protection.READ_EXECUTE, true));
  }

  // Registers.

  /** A register. */
  public long register(GeneralRegister register) {
    return call(() -> child.cpu().get(register));
  }

  /**
   * Changes a register. The kernel refuses some values when the child is to go on, such as segments
   * that are no user program's.
   */
  public void setRegister(GeneralRegister register, long value) {
    execute(() -> child.cpu().set(register, value));
  }

  /** All registers, by {@link GeneralRegister#index}. */
  public long[] registers() {
    return call(child.cpu()::all);
  }

  /** Changes all registers, by {@link GeneralRegister#index}. */
  public void setRegisters(long[] values) {
    execute(() -> child.cpu().setAll(values));
  }

  /** Floating-point and vector registers: a copy. */
  public VectorState vectors() {
    return call(child.cpu()::vectors);
  }

  /** Changes floating-point and vector registers. */
  public void setVectors(VectorState state) {
    execute(() -> child.cpu().setVectors(state));
  }

  /** Sets the segments such that code is executed in this mode. */
  public void setMode(CpuMode mode) {
    execute(() -> child.setMode(mode));
  }

  // Running.

  /** Executes one instruction; of one that repeats, one round. */
  public Stop step() {
    return call(child::step);
  }

  /** Runs until something stops it. */
  public Stop run() {
    return call(child::run);
  }

  /**
   * Executes one instruction; a system call stops it and is not executed.
   *
   * @return what stopped it
   */
  public Stop stepWithoutSystemCalls() {
    return call(child::stepWithoutSystemCalls);
  }

  /** Runs until something stops it; a system call does, and is not executed. */
  public Stop runWithoutSystemCalls() {
    return call(child::runWithoutSystemCalls);
  }

  /** How long a run may take is counted anew for each run; an interrupt makes the child stop. */
  void interruptRun() {
    child.limit().interrupt();
  }

  boolean isRunning() {
    return child.limit().isRunning();
  }

  /** How often the child has stopped and been seen to. */
  long stops() {
    return child.stops();
  }

  /**
   * Makes the child execute a system call, with the registers as before afterwards.
   *
   * @param number the kernel's number of it
   * @param arguments at most six
   * @return what the kernel returns: from -4095 to -1 an error
   */
  public long systemCall(int number, long... arguments) {
    return call(() -> child.systemCall(number, arguments));
  }

  /**
   * What the child's CPU says of itself.
   *
   * @return eax, ebx, ecx, edx
   */
  public int[] cpuid(int leaf, int subleaf) {
    return call(() -> child.cpuid(leaf, subleaf));
  }

  // Its end.

  /** Its process number. */
  public int pid() {
    return child.pid();
  }

  /** Whether the child is there, as far as is known. */
  public boolean isAlive() {
    return child.isAlive();
  }

  /** Kills the child, and waits until nothing of it is left. Closing again does nothing. */
  @Override
  public void close() {
    if (child.isOpen()) {
      execute(child::close);
      owner.close();
    }
  }
}
