package io.github.optprobe.testkit.execute;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.TextException;
import java.util.function.LongPredicate;

/** Memory as a program's own stores see it: what it may not write can not be written. */
public final class GuardedData implements DataMemory {
  private final DataMemory all;
  private final LongPredicate canWrite;

  /**
   * Guards memory.
   *
   * @param all memory without regard to what is permitted
   * @param canWrite whether the byte at an address may be written
   */
  public GuardedData(DataMemory all, LongPredicate canWrite) {
    this.all = all;
    this.canWrite = canWrite;
  }

  @Override
  public long load(long address, int bytes) {
    return all.load(address, bytes);
  }

  @Override
  public void store(long address, int bytes, long value) {
    if (!canWrite.test(address) || !canWrite.test(address + bytes - 1)) {
      throw new TextException(TextException.Operation.WRITE, address, bytes, "not writable");
    }
    all.store(address, bytes, value);
  }
}
