package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.EmulatedTarget;

/**
 * A small C library for one target. Give {@link #imports()} to the images that are loaded there;
 * add to it what they need beyond. What it holds (heap, files) is part of the target's snapshots.
 *
 * <p>Not thread-safe.
 */
public final class GuestLibc {
  private final Imports imports = new Imports();
  private final GuestHeap heap;
  private final GuestFiles files = new GuestFiles();

  private GuestLibc(EmulatedTarget target) {
    GuestMemory memory = new GuestMemory(target);
    heap = new GuestHeap(target);
    target.addHostState(files);
    ErrnoCell errno = new ErrnoCell(target, memory, heap);
    new MemoryFunctions(memory).defineIn(imports);
    new HeapFunctions(heap, memory).defineIn(imports);
    new FileFunctions(files, memory, errno).defineIn(imports);
    new FormatFunctions(memory).defineIn(imports);
    errno.defineIn(imports);
    defineOdds();
  }

  /** A library for a target, which must not have one yet. */
  public static GuestLibc on(EmulatedTarget target) {
    return new GuestLibc(target);
  }

  /** Its functions. */
  public Imports imports() {
    return imports;
  }

  /** Its heap, to put arguments of calls in. */
  public GuestHeap heap() {
    return heap;
  }

  /** Its files. */
  public GuestFiles files() {
    return files;
  }

  private void defineOdds() {
    imports
        .define("abort", 0, call -> abort("abort"))
        .define("__stack_chk_fail", 0, call -> abort("stack smashing detected"))
        .define("getenv", 1, call -> 0)
        .define("__cxa_finalize", 1, call -> 0)
        .define("pthread_mutex_init", 2, call -> 0)
        .define("pthread_mutex_lock", 1, call -> 0)
        .define("pthread_mutex_unlock", 1, call -> 0);
  }

  private static long abort(String why) {
    throw new GuestAbortException(why);
  }
}
