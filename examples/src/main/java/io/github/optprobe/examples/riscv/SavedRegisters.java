package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import java.util.Objects;

/** The registers that a buffer saved, in the frame that the gate was called with. */
final class SavedRegisters implements GateFrame {
  private static final int PC = Register.FILE.programCounter();

  private final Xlen xlen;
  private final Frame layout;
  private final DataMemory memory;
  private long frame;
  private long programCounter;

  SavedRegisters(Xlen xlen, DataMemory memory) {
    this.xlen = xlen;
    this.layout = new Frame(xlen);
    this.memory = memory;
  }

  @Override
  public RegisterFile file() {
    return Register.FILE;
  }

  @Override
  public long probedAddress(Registers atGate) {
    return atGate.get(Register.A0);
  }

  @Override
  public void attach(Registers atGate) {
    frame = atGate.get(Register.A1);
    programCounter = probedAddress(atGate);
  }

  @Override
  public long get(int index) {
    return index == PC ? programCounter : memory.load(place(index), xlen.bytes());
  }

  @Override
  public void set(int index, long value) {
    if (index == PC) {
      programCounter = xlen.unsigned(value);
    } else {
      memory.store(place(index), xlen.bytes(), value);
    }
  }

  private long place(int index) {
    return xlen.unsigned(frame + layout.offset(Objects.checkIndex(index, Register.COUNT)));
  }
}
