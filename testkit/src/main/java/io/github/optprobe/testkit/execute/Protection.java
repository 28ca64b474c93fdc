package io.github.optprobe.testkit.execute;

/** What the guest may do with memory. The host may do everything. */
public enum Protection {
  /** Read only. */
  READ(1),
  /** Data. */
  READ_WRITE(3),
  /** Code. */
  READ_EXECUTE(5),
  /** Code that writes code. */
  READ_WRITE_EXECUTE(7);

  private static final int WRITE_BIT = 2;
  private static final int EXECUTE_BIT = 4;

  private final int bits;

  Protection(int bits) {
    this.bits = bits;
  }

  /** The same as bits: 1 read, 2 write, 4 execute, added up. */
  public int bits() {
    return bits;
  }

  /** Whether the guest may write it. */
  public boolean canWrite() {
    return (bits & WRITE_BIT) != 0;
  }

  /** Whether the guest may execute it. */
  public boolean canExecute() {
    return (bits & EXECUTE_BIT) != 0;
  }
}
