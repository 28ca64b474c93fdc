package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/**
 * The emulated CPU's registers. The program counter is kept here, because the emulator takes it as
 * an argument of each run and gives it back after.
 */
final class LiveRegisters implements Registers {
  private final Engine engine;
  private final RegisterFile file;
  private final int[] ids;
  private final long addressMask;
  private volatile long programCounter;

  LiveRegisters(Engine engine, ExecutorProfile profile, RegisterFile file) {
    this.engine = engine;
    this.file = file;
    addressMask = profile.addressMask();
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
    } else {
      engine.setRegister(ids[index], value);
    }
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
