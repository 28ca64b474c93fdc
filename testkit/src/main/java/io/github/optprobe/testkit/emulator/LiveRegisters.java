package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.StatusRegister;

/**
 * The emulated CPU's registers. The program counter is kept here, because the emulator takes it as
 * an argument of each run and gives it back after. Of the flags' register only the bits that a
 * program may change are written.
 */
final class LiveRegisters implements Registers {
  private final Engine engine;
  private final RegisterFile file;
  private final int[] ids;
  private final long addressMask;
  private final StatusRegister status;
  private final int programCounterId;
  private final int threadBaseId;
  private volatile long programCounter;

  LiveRegisters(Engine engine, ExecutorProfile profile, RegisterFile file) {
    this.engine = engine;
    this.file = file;
    addressMask = profile.addressMask();
    status = profile.status();
    threadBaseId = profile.threadBase();
    programCounterId = profile.calls().programCounter();
    ids = file.names().stream().mapToInt(profile::idOf).toArray();
  }

  @Override
  public RegisterFile file() {
    return file;
  }

  @Override
  public long get(int index) {
    return index == file.programCounter() ? programCounter : engine.register(ids[index]);
  }

  @Override
  public void set(int index, long value) {
    if (index == file.programCounter()) {
      setProgramCounter(value);
    } else if (ids[index] == status.id()) {
      long kept = engine.register(status.id()) & ~status.writable();
      engine.setRegister(status.id(), kept | (value & status.writable()));
    } else {
      engine.setRegister(ids[index], value);
    }
  }

  /** A run has ended: takes the program counter from the CPU. */
  void takeProgramCounter() {
    setProgramCounter(engine.register(programCounterId));
  }

  /** Whether a register is the one that holds the flags. */
  boolean isStatus(int index) {
    return ids[index] == status.id();
  }

  /** Whether a register is the one that points to the thread's storage. */
  boolean isThreadBase(int index) {
    return ids[index] == threadBaseId;
  }

  /** Which bits of a register mean something to a program. */
  long comparableBits(int index, boolean afterFault) {
    if (!isStatus(index)) {
      return -1L;
    }
    return afterFault ? status.comparedAfterFault() : status.compared();
  }

  @Override
  public long programCounter() {
    return programCounter;
  }

  @Override
  public void setProgramCounter(long address) {
    programCounter = address & addressMask;
  }
}
