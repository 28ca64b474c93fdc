package io.github.optprobe.live.memory;

import com.sun.jna.Pointer;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes memory of this process without a fault, whatever is there: through the process's
 * own mem file (proc(5)), which writes text that is mapped without permission to write; where the
 * system does not allow that, by changing the protection of the pages for the moment of the write.
 * Thread-safe; one writer at a time.
 */
public final class ProcessMemory implements AutoCloseable {
  private static final int O_RDWR = 2;
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int PROT_READ = 1;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int PROT_ALL = 7;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int PAGE = 4096;

  private static @Nullable ProcessMemory plain;
  private static @Nullable ProcessMemory protecting;

  private volatile int file;
  private final boolean byProtection;

  private ProcessMemory(int file, boolean byProtection) {
    this.file = file;
    this.byProtection = byProtection;
  }

  /**
   * The one of this process, which stays open: text may be looked at after everything else is over.
   *
   * @param byProtection whether it is to write by changing protection in any case
   * @throws UnsupportedOperationException if this process can not read its own memory
   */
  public static synchronized ProcessMemory shared(boolean byProtection) {
    ProcessMemory known = byProtection ? protecting : plain;
    if (known != null) {
      return known;
    }
    if (byProtection) {
      protecting = openForProtection();
      return protecting;
    }
    plain = open();
    return plain;
  }

  /**
   * Opens it in the way that works here.
   *
   * @throws UnsupportedOperationException if this process can not read its own memory
   */
  public static ProcessMemory open() {
    int writable = Libc.open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    if (writable >= 0) {
      ProcessMemory memory = new ProcessMemory(writable, false);
      if (memory.canWriteText()) {
        return memory;
      }
      memory.close();
    }
    return openForProtection();
  }

  /**
   * Opens it so that it writes by changing protection, also where it need not.
   *
   * @throws UnsupportedOperationException if this process can not read its own memory
   */
  public static ProcessMemory openForProtection() {
    int readable = Libc.open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (readable < 0) {
      throw new UnsupportedOperationException(
          "this process can not open /proc/self/mem (errno %d)".formatted(Libc.error()));
    }
    return new ProcessMemory(readable, true);
  }

  /** Some kernels forbid to write where the mapping does not allow it. */
  private boolean canWriteText() {
    long page = Libc.mmap(0, PAGE, PROT_READ, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (page == -1) {
      return false;
    }
    try {
      return Libc.pwrite(file, new byte[] {1}, 1, page) == 1;
    } finally {
      Libc.munmap(page, PAGE);
    }
  }

  /**
   * Reads as many bytes as are mapped without a gap.
   *
   * @return how many were read
   */
  public int read(long address, byte[] into, int offset, int length) {
    if (address < 0 || length == 0) {
      return 0;
    }
    byte[] buffer = offset == 0 && length == into.length ? into : new byte[length];
    int count = (int) Math.max(0, Libc.pread(file, buffer, length, address));
    if (buffer != into) {
      System.arraycopy(buffer, 0, into, offset, count);
    }
    return count;
  }

  /**
   * Writes text.
   *
   * @throws TextException if not all of it could be written
   */
  public void write(long address, byte[] bytes) {
    if (address < 0) {
      throw new TextException(Operation.WRITE, address, bytes.length, "not of this process");
    }
    if (byProtection) {
      writeUnprotected(address, bytes);
      return;
    }
    long written = Libc.pwrite(file, bytes, bytes.length, address);
    if (written != bytes.length) {
      throw failed(address, bytes, "the mem file took %d of them".formatted(written));
    }
  }

  private static TextException failed(long address, byte[] bytes, String what) {
    String why = "%s (errno %d)".formatted(what, Libc.error());
    return new TextException(Operation.WRITE, address, bytes.length, why);
  }

  private void writeUnprotected(long address, byte[] bytes) {
    AddressRange range = AddressRange.ofLength(address, bytes.length);
    MemoryMap map = MemoryMap.now();
    if (map.at(address)
        .filter(each -> each.writable() && each.range().contains(range))
        .isPresent()) {
      store(address, bytes);
      return;
    }
    for (long at = address; Long.compareUnsigned(at, range.last()) <= 0; ) {
      Mapping mapping = map.at(at).orElse(null);
      if (mapping == null || !mapping.readable()) {
        throw new TextException(Operation.WRITE, address, bytes.length, "not all of it is mapped");
      }
      at = mapping.end();
    }
    long first = address & -PAGE;
    long length = ((range.last() | (PAGE - 1)) + 1) - first;
    // Executable throughout: other threads may be running what is there.
    if (Libc.mprotect(first, length, PROT_ALL) != 0) {
      throw failed(address, bytes, "the system permits no page that is writable and executable");
    }
    store(address, bytes);
    if (Libc.mprotect(first, length, PROT_READ_EXECUTE) != 0) {
      throw failed(address, bytes, "the pages stay writable: their protection did not change back");
    }
  }

  /** Byte by byte: whoever executes them sees each old or new. */
  private static void store(long address, byte[] bytes) {
    Pointer there = new Pointer(address);
    for (int i = 0; i < bytes.length; i++) {
      there.setByte(i, bytes[i]);
    }
  }

  /** From now on nothing can be read, and writing fails. */
  @Override
  public void close() {
    int open = file;
    // First: the number may soon be that of another file.
    file = -1;
    Libc.close(open);
  }
}
