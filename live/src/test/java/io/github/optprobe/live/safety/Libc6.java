package io.github.optprobe.live.safety;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;

/** What tests call of the C library. */
final class Libc6 {
  private static final NativeLibrary LIBRARY = NativeLibrary.getInstance("libc.so.6");

  private Libc6() {}

  private static Function function(String name) {
    return LIBRARY.getFunction(name);
  }

  static long address(String name) {
    return Pointer.nativeValue(function(name));
  }

  /** Calls malloc and free. */
  static void allocate(long bytes) {
    long block = function("malloc").invokeLong(new Object[] {bytes});
    function("free").invokeLong(new Object[] {block});
  }

  /** Frees what a library allocated. */
  static void free(Pointer block) {
    function("free").invokeVoid(new Object[] {block});
  }

  /** Starts a thread that Java does not know. */
  static long startThread(long body, long argument) {
    LongByReference thread = new LongByReference();
    int failed = function("pthread_create").invokeInt(new Object[] {thread, 0L, body, argument});
    if (failed != 0) {
      throw new IllegalStateException("no thread: " + failed);
    }
    return thread.getValue();
  }

  /** Waits until such a thread has ended; what it ended with. */
  static long join(long thread) {
    LongByReference result = new LongByReference();
    int failed = function("pthread_join").invokeInt(new Object[] {thread, result});
    if (failed != 0) {
      throw new IllegalStateException("not joined: " + failed);
    }
    return result.getValue();
  }

  /** Waits for a child. Its status, as waitpid(2) gives it. */
  static int waitFor(long child) {
    IntByReference status = new IntByReference();
    int ended = function("waitpid").invokeInt(new Object[] {(int) child, status, 0});
    if (ended != child) {
      throw new IllegalStateException("child " + child + " gave " + ended);
    }
    return status.getValue();
  }
}
