package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * {@code xbegin}: a transaction that is aborted before its first instruction, which the
 * architecture permits at any time (Intel SDM volume 1, 16.3.5 and 16.3.8). Status 0 in {@code eax}
 * gives no reason and does not suggest to try again.
 */
record AbortedTransaction(Machine machine, long fallback) implements Emulation {
  @Override
  public void run(long next, Registers registers, DataMemory memory) {
    Machine.setLow(registers, Machine.AX, Integer.SIZE, 0);
    machine.go(registers, fallback);
  }

  @Override
  public boolean replacesCopy() {
    return true;
  }
}
