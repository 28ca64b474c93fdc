package io.github.optprobe.testkit.elf;

/** Told of calls of imported functions. */
@FunctionalInterface
public interface ImportListener {

  /** Does nothing. */
  ImportListener NONE = (name, arguments, result) -> {};

  /**
   * A call has returned.
   *
   * @param name without a version
   * @param arguments as many as the function was defined to log
   * @param result what it returned
   */
  void called(String name, long[] arguments, long result);
}
