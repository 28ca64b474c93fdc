package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.DataBlock;

/**
 * All registers with which a thread is to go on, for the gate's stub to load: those of the register
 * file of x86-64 by number. Belongs to one thread; what it holds stands for where that thread goes
 * until it has gone.
 */
public final class ExitFrame {
  private static final int REGISTERS = 18;
  private static final int RIP = 16;

  private final DataBlock block;
  private final int offset;

  /** A frame in a block of which it takes {@link #BYTES}. */
  public ExitFrame(DataBlock block, int offset) {
    this.block = block;
    this.offset = offset;
  }

  /** The size of one in bytes, rounded up so that threads share no cache line. */
  public static final int BYTES = 192;

  /** Sets a register: 16 is rip, 17 the flags. */
  public void set(int register, long value) {
    if (register < 0 || register >= REGISTERS) {
      throw new IndexOutOfBoundsException(register);
    }
    block.store(offset + register * Long.BYTES, value);
  }

  /** A register as it was set last. */
  public long get(int register) {
    return block.load(offset + register * Long.BYTES);
  }

  /** The address to hand to the stub. */
  public long address() {
    return block.address() + offset;
  }

  /** Where the thread is about to go on; 0 if it went, or goes on as it was. */
  public long destination() {
    return block.load(offset + RIP * Long.BYTES);
  }
}
