package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.elf.ElfFunction;

/**
 * Executes instructions of a file in place and relocated, and compares. One is used by one thread.
 */
public interface BoundaryExecutor extends AutoCloseable {

  /**
   * Executes the instruction at an address.
   *
   * @param code the bytes of the function that it is in
   * @param address its address; {@code code} begins at the function's first
   */
  Execution execute(ElfFunction function, byte[] code, long address);

  @Override
  void close();

  /** Makes executors. Thread-safe. */
  @FunctionalInterface
  interface Source extends AutoCloseable {
    /** Opens an executor for code of an architecture; it is closed by whoever asked for it. */
    BoundaryExecutor open(Architecture architecture);

    /** Nothing is opened any more. As it is, there is nothing to free. */
    @Override
    default void close() {}
  }

  /** What became of one instruction. */
  sealed interface Execution {
    /**
     * It did the same in place and relocated.
     *
     * @param cases from how many states, at least 1
     */
    record Executed(long cases) implements Execution {}

    /**
     * It did not.
     *
     * @param detail what differed, for people; may have several lines
     */
    record Differs(String detail) implements Execution {}

    /**
     * It could not be executed.
     *
     * @param reason why, a stable phrase: reasons are counted
     */
    record NotExecuted(String reason) implements Execution {}
  }
}
