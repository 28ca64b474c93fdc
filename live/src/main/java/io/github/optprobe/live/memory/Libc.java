package io.github.optprobe.live.memory;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The C functions that this module calls, by direct mapping. Addresses and sizes are {@code long}s;
 * the return value of a failed call is what C says, and {@link Native#getLastError} the reason.
 */
public final class Libc {
  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  /** The reason why the calling thread's last call here failed (errno(3)). */
  public static int error() {
    return Native.getLastError();
  }

  /**
   * Calls a function by its address, with the C calling convention.
   *
   * @param arguments integers and addresses
   * @return what it returns
   */
  public static long call(long function, long... arguments) {
    Object[] boxed = new Object[arguments.length];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = arguments[i];
    }
    return Function.getFunction(new Pointer(function)).invokeLong(boxed);
  }

  /** Maps memory (mmap(2)). */
  public static native long mmap(
      long address, long length, int protection, int flags, int file, long offset);

  /** Unmaps memory (munmap(2)). */
  public static native int munmap(long address, long length);

  /** Changes protection (mprotect(2)). */
  public static native int mprotect(long address, long length, int protection);

  /** Gives advice (madvise(2)). */
  public static native int madvise(long address, long length, int advice);

  /** Opens a file (open(2)). */
  public static native int open(String path, int flags);

  /** Closes a file (close(2)). */
  public static native int close(int file);

  /** Reads at an offset (pread(2)). */
  public static native long pread(int file, byte[] into, long bytes, long offset);

  /** Writes at an offset (pwrite(2)). */
  public static native long pwrite(int file, byte[] from, long bytes, long offset);

  /** Any system call of at most six arguments that are integers (syscall(2)). */
  public static native long syscall(
      long number, long one, long two, long three, long four, long five, long six);

  /** Sets or reads a signal's action (sigaction(2)); structures by address. */
  public static native int sigaction(int signal, long action, long old);

  /** Finds a symbol that is loaded (dlsym(3)). */
  public static native long dlsym(long handle, String name);

  /** Opens a library, or finds one that is loaded (dlopen(3)). */
  public static native long dlopen(String name, int flags);

  /** Has a function called at exit(3). */
  @SuppressWarnings({"checkstyle:MethodName", "MemberName"}) // C's own name
  public static native int __cxa_atexit(long function, long argument, long library);
}
