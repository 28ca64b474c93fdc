package io.github.optprobe.toy;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;

/** What a detour buffer saved: return address, probed address, a, x, z, sp, from sp upwards. */
final class ToyFrame implements GateFrame {
  private final DataMemory memory;
  private long base;
  private long programCounter;

  ToyFrame(DataMemory memory) {
    this.memory = memory;
  }

  @Override
  public RegisterFile file() {
    return ToyArchitecture.REGISTERS;
  }

  @Override
  public long probedAddress(Registers atGate) {
    return memory.load(atGate.stackPointer() + 2, 2);
  }

  @Override
  public void attach(Registers atGate) {
    base = atGate.stackPointer() + 4;
    programCounter = probedAddress(atGate);
  }

  @Override
  public long get(int index) {
    return index == file().programCounter() ? programCounter : memory.load(at(index), 2);
  }

  @Override
  public void set(int index, long value) {
    if (index == file().programCounter()) {
      programCounter = value & 0xFFFF;
    } else {
      memory.store(at(index), 2, value & 0xFFFF);
    }
  }

  private long at(int index) {
    return base + 2L * index;
  }
}
