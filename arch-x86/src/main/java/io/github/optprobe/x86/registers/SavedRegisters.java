package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.emit.DetourTemplate;
import java.util.Objects;

/**
 * The registers that a detour buffer pushed. The stack pointer and the program counter are not on
 * the stack: they are computed at {@link #attach}, and kept here.
 */
public final class SavedRegisters implements GateFrame {
  private final DataMemory memory;
  private long frame;
  private long stackPointer;
  private long programCounter;

  /** Creates a view that is attached to nothing. */
  public SavedRegisters(DataMemory memory) {
    this.memory = memory;
  }

  @Override
  public long probedAddress(Registers atGate) {
    return atGate.get(X86Registers.RDI);
  }

  @Override
  public void attach(Registers atGate) {
    frame = atGate.get(X86Registers.RSI);
    stackPointer = frame + DetourTemplate.STACK_OFFSET;
    programCounter = probedAddress(atGate);
  }

  @Override
  public RegisterFile file() {
    return X86Registers.FILE;
  }

  @Override
  public long get(int index) {
    return switch (Objects.checkIndex(index, file().size())) {
      case X86Registers.RSP -> stackPointer;
      case X86Registers.RIP -> programCounter;
      default -> memory.load(frame + offset(index), Long.BYTES);
    };
  }

  @Override
  public void set(int index, long value) {
    switch (Objects.checkIndex(index, file().size())) {
      case X86Registers.RSP -> stackPointer = value;
      case X86Registers.RIP -> programCounter = value;
      default -> memory.store(frame + offset(index), Long.BYTES, value);
    }
  }

  private static int offset(int index) {
    return index == X86Registers.RFLAGS
        ? DetourTemplate.FLAGS_OFFSET
        : DetourTemplate.offsetOf(index);
  }
}
