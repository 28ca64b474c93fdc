package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.Libc;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The threads of this process, by their numbers. */
final class ThreadList {
  private static final String TASKS = "/proc/self/task";
  private static final int GETTID = 186;
  private static final int GETPID = 39;

  private ThreadList() {}

  /** All that there are at the moment. */
  static int[] all() {
    String[] names = new File(TASKS).list();
    if (names == null) {
      throw new IllegalStateException("the system does not tell the threads of this process");
    }
    int[] numbers = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      numbers[i] = Integer.parseInt(names[i]);
    }
    return numbers;
  }

  /** The calling thread's. */
  static int current() {
    return (int) Libc.syscall(GETTID, 0, 0, 0, 0, 0, 0);
  }

  /** This process's. */
  static int process() {
    return (int) Libc.syscall(GETPID, 0, 0, 0, 0, 0, 0);
  }

  static boolean exists(int number) {
    return new File(TASKS, Integer.toString(number)).exists();
  }

  /**
   * Where a thread waits in the kernel.
   *
   * @return its program counter and stack pointer; empty if it runs, or is no more
   */
  static Optional<long[]> waitingAt(int number) {
    try {
      String line = Files.readString(Path.of(TASKS, Integer.toString(number), "syscall")).strip();
      String[] words = line.split(" ", -1);
      int last = words.length - 1;
      return last < 2
          ? Optional.empty()
          : Optional.of(new long[] {Long.decode(words[last]), Long.decode(words[last - 1])});
    } catch (NoSuchFileException ended) {
      return Optional.empty();
    } catch (IOException ended) {
      // A thread that ends while it is asked (ESRCH); or the kernel does not tell.
      return Optional.empty();
    }
  }
}
