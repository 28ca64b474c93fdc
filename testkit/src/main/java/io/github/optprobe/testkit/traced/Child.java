package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.ptrace.PtraceException;
import io.github.optprobe.testkit.ptrace.Tracee;
import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The child, for the thread that traces it. */
final class Child {
  private static final int SYS_MMAP = 9;
  private static final int SYS_MUNMAP = 11;
  private static final int SYS_FTRUNCATE = 77;
  private static final int SYS_MEMFD_CREATE = 319;
  private static final long MAP_SHARED_AT_FREE_PLACE = 0x100001;
  private static final int PAGE = Regions.PAGE_BYTES;
  private static final int XSTATE_LEAF = 0xd;
  private static final int SI_KERNEL = 0x80;
  private static final GeneralRegister[] ARGUMENTS = {
    GeneralRegister.RDI, GeneralRegister.RSI, GeneralRegister.RDX,
    GeneralRegister.R10, GeneralRegister.R8, GeneralRegister.R9
  };

  private final ChildProcess process;
  private final Tracee tracee;
  private final CpuState cpu;
  private final TimeLimit limit;
  private final Regions regions = new Regions();
  private final SharedFile file;
  private final long descriptor;
  private volatile boolean alive = true;
  private volatile boolean open = true;
  private final AtomicLong stops = new AtomicLong();

  private Child(ChildProcess process, Duration timeLimit) {
    this.process = process;
    tracee = process.tracee();
    cpu = new CpuState(tracee);
    limit = new TimeLimit(tracee, timeLimit);
    tracee.await();
    try {
      removeEverythingElse();
      descriptor = check("memfd_create", systemCall(SYS_MEMFD_CREATE, ChildProgram.PAGE, 0));
      check("ftruncate", systemCall(SYS_FTRUNCATE, descriptor, SharedFile.BYTES));
      file = new SharedFile("/proc/%d/fd/%d".formatted(tracee.pid(), descriptor));
      cpu.setLayout(readLayout());
    } catch (IOException failure) {
      close();
      throw new TracedUnavailableException("its memory can not be shared: " + failure, failure);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  static Child start(Duration limit) {
    return new Child(ChildProcess.start(), limit);
  }

  CpuState cpu() {
    return cpu;
  }

  Regions regions() {
    return regions;
  }

  TimeLimit limit() {
    return limit;
  }

  int pid() {
    return tracee.pid();
  }

  boolean isAlive() {
    return alive;
  }

  boolean isOpen() {
    return open;
  }

  long stops() {
    return stops.get();
  }

  // Memory.

  AddressRange map(AddressRange pages, Protection protection, boolean slots) {
    requireWholePages(pages);
    if (regions.highestIn(pages).isPresent()) {
      throw new IllegalArgumentException("not free: " + pages);
    }
    int bytes = Math.toIntExact(pages.length());
    int offset = file.take(bytes);
    long result =
        systemCall(
            SYS_MMAP,
            pages.first(),
            bytes,
            bits(protection),
            MAP_SHARED_AT_FREE_PLACE,
            descriptor,
            offset);
    if (result != pages.first()) {
      file.giveBack(offset, bytes);
      throw new IllegalArgumentException("the kernel does not map %s: %d".formatted(pages, result));
    }
    regions.add(new Region(pages, protection, offset, file.view(offset, bytes), slots));
    return pages;
  }

  void unmap(AddressRange pages) {
    Region region = regions.at(pages.first());
    if (region == null || !region.range().equals(pages)) {
      throw new IllegalArgumentException("not mapped as one: " + pages);
    }
    check("munmap", systemCall(SYS_MUNMAP, pages.first(), pages.length()));
    regions.remove(region);
    file.giveBack(region.offset(), (int) pages.length());
  }

  ByteBuffer memory(AddressRange range) {
    Region region = regions.at(range.first());
    if (region == null || !region.range().contains(range)) {
      throw new IllegalArgumentException("not within one mapping: " + range);
    }
    return region
        .memory()
        .slice(region.offsetOf(range.first()), (int) range.length())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Stack, vdso: what the kernel gave the child and code under test must not depend on. */
  private void removeEverythingElse() throws IOException {
    for (String line : mappings()) {
      String range = line.substring(0, line.indexOf(' '));
      long first = Long.parseUnsignedLong(range.substring(0, range.indexOf('-')), 16);
      long end = Long.parseUnsignedLong(range.substring(range.indexOf('-') + 1), 16);
      // The page above user space belongs to the kernel; it reads as negative.
      if (first != ChildProgram.PAGE && first > 0) {
        check("munmap", systemCall(SYS_MUNMAP, first, end - first));
      }
    }
  }

  private List<String> mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/maps".formatted(tracee.pid())));
  }

  private static void requireWholePages(AddressRange pages) {
    if (pages.first() % PAGE != 0 || pages.length() % PAGE != 0 || pages.length() <= 0) {
      throw new IllegalArgumentException("not whole pages: " + pages);
    }
    // A privileged user might have it, and then null pointers would not fault.
    if (pages.first() == 0) {
      throw new IllegalArgumentException("page 0 is never mapped");
    }
  }

  private static long bits(Protection protection) {
    return 1 | (protection.canWrite() ? 2 : 0) | (protection.canExecute() ? 4 : 0);
  }

  // Registers and running.

  void setMode(CpuMode mode) {
    cpu.set(GeneralRegister.CS, mode.codeSegment());
    cpu.set(GeneralRegister.SS, CpuMode.STACK_SEGMENT);
    cpu.set(GeneralRegister.DS, mode.dataSegment());
    cpu.set(GeneralRegister.ES, mode.dataSegment());
  }

  Stop run() {
    return go(tracee::resume, Stop.Kind.SIGNAL);
  }

  Stop step() {
    return go(tracee::step, Stop.Kind.STEP);
  }

  Stop runWithoutSystemCalls() {
    return go(tracee::resumeWithoutSystemCalls, Stop.Kind.SIGNAL);
  }

  Stop stepWithoutSystemCalls() {
    return go(tracee::stepWithoutSystemCalls, Stop.Kind.STEP);
  }

  /**
   * Lets the child go until it stops for something else than our own signal.
   *
   * @param otherTrap what a trap is that is no breakpoint
   */
  private Stop go(Runnable start, Stop.Kind otherTrap) {
    requireAlive();
    limit.begin();
    try {
      while (true) {
        int status = goOnce(start);
        int signal = (status >> 8) & 0xff;
        if ((status & 0xff) != 0x7f) {
          return gone(status);
        }
        if (signal == (Tracee.SIGTRAP | Tracee.SYSTEM_CALL)) {
          return new Stop(Stop.Kind.SYSTEM_CALL, 0, 0, 0);
        }
        if (signal != TimeLimit.SIGNAL) {
          return stopped(otherTrap);
        }
        if (limit.isExpired()) {
          return Stop.timeLimit();
        }
      }
    } finally {
      limit.end();
    }
  }

  private int goOnce(Runnable start) {
    try {
      cpu.flush();
      start.run();
    } catch (PtraceException failure) {
      if (failure.errno() != PtraceException.ESRCH) {
        throw failure;
      }
      // Killed while it stood still: waiting tells how.
    }
    int status = tracee.await();
    cpu.stopped();
    stops.incrementAndGet();
    return status;
  }

  private Stop stopped(Stop.Kind otherTrap) {
    ByteBuffer information = tracee.signalInformation();
    int signal = information.getInt(0);
    int code = information.getInt(8);
    if (signal != Tracee.SIGTRAP) {
      // Signals that somebody sent carry other things where an address would be.
      return new Stop(Stop.Kind.SIGNAL, signal, code, code > 0 ? information.getLong(16) : 0);
    }
    return new Stop(code == SI_KERNEL ? Stop.Kind.BREAKPOINT : otherTrap, signal, code, 0);
  }

  private Stop gone(int status) {
    alive = false;
    return Stop.gone(status);
  }

  private void requireAlive() {
    if (!open) {
      throw new IllegalStateException("the machine is closed");
    }
    if (!alive) {
      throw new ChildGoneException("it ended in an earlier run");
    }
  }

  // Having the child do things.

  long systemCall(int number, long... arguments) {
    long[] before = cpu.all();
    try {
      for (int i = 0; i < arguments.length; i++) {
        cpu.set(ARGUMENTS[i], arguments[i]);
      }
      cpu.set(GeneralRegister.RAX, number);
      runStub(ChildProgram.SYSTEM_CALL);
      return cpu.get(GeneralRegister.RAX);
    } finally {
      cpu.setAll(before);
    }
  }

  int[] cpuid(int leaf, int subleaf) {
    long[] before = cpu.all();
    try {
      cpu.set(GeneralRegister.RAX, leaf);
      cpu.set(GeneralRegister.RCX, subleaf);
      runStub(ChildProgram.CPUID);
      return new int[] {
        (int) cpu.get(GeneralRegister.RAX),
        (int) cpu.get(GeneralRegister.RBX),
        (int) cpu.get(GeneralRegister.RCX),
        (int) cpu.get(GeneralRegister.RDX)
      };
    } finally {
      cpu.setAll(before);
    }
  }

  private void runStub(long stub) {
    cpu.set(GeneralRegister.RIP, stub);
    cpu.set(GeneralRegister.RFLAGS, 0x202);
    setMode(CpuMode.BITS_64);
    Stop stop = run();
    if (stop.kind() != Stop.Kind.BREAKPOINT) {
      throw new ChildGoneException("a stub of its own ended with " + stop);
    }
  }

  private XstateLayout readLayout() {
    int bytes = tracee.loadXstate();
    ByteBuffer image = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    tracee.xstate().get(0, image.array());
    return XstateLayout.of(image, bytes, component -> cpuid(XSTATE_LEAF, component)[1]);
  }

  private static long check(String call, long result) {
    if (result < 0 && result >= -4095) {
      throw new TracedUnavailableException("%s: errno %d".formatted(call, -result), null);
    }
    return result;
  }

  // Its end.

  void close() {
    if (open) {
      open = false;
      limit.close();
      killAndAwait();
      process.awaitShell();
      try {
        process.closeStreams();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private void killAndAwait() {
    if (alive) {
      alive = false;
      tracee.signal(Tracee.SIGKILL);
      int status = tracee.await();
      while ((status & 0xff) == 0x7f) {
        status = tracee.await();
      }
    }
  }
}
