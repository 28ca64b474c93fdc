package io.github.optprobe.live;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.machine.ExitFrame;

/**
 * The registers of a thread at the gate: what the caller's code passed, and, once something is set,
 * all with which the thread goes on. Used by its thread.
 */
final class GateRegisters implements Registers {
  private static final int RSI = 6;
  private static final int RDI = 7;

  private final RegisterFile file;
  private final ExitFrame exit;
  private long address;
  private long frame;
  private boolean leaving;

  GateRegisters(RegisterFile file, ExitFrame exit) {
    this.file = file;
    this.exit = exit;
  }

  void arrive(long atAddress, long atFrame) {
    address = atAddress;
    frame = atFrame;
    leaving = false;
  }

  /** Whether registers were set, and the thread has to go on with them. */
  boolean isLeaving() {
    return leaving;
  }

  @Override
  public RegisterFile file() {
    return file;
  }

  @Override
  public long get(int index) {
    return switch (index) {
      case RDI -> address;
      case RSI -> frame;
      default -> exit.get(index);
    };
  }

  @Override
  public void set(int index, long value) {
    exit.set(index, value);
    leaving = true;
  }
}
