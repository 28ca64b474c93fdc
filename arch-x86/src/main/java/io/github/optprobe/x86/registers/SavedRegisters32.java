package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.x86.emit.DetourTemplate32;
import java.util.Objects;

/**
 * The registers that a detour buffer of 32-bit code pushed, found by {@code eax} and {@code edx} at
 * the gate. The stack pointer and the program counter are not on the stack: they are computed at
 * {@link #attach}, and kept here.
 */
public final class SavedRegisters32 implements GateFrame {
  private static final long MASK = 0xFFFF_FFFFL;

  private final DataMemory memory;
  private long frame;
  private long stackPointer;
  private long programCounter;

  /** Creates a view that is attached to nothing. */
  public SavedRegisters32(DataMemory memory) {
    this.memory = memory;
  }

  @Override
  public long probedAddress(Registers atGate) {
    return atGate.get(X86Registers32.EAX);
  }

  @Override
  public void attach(Registers atGate) {
    frame = atGate.get(X86Registers32.EDX);
    stackPointer = at(DetourTemplate32.STACK_OFFSET);
    programCounter = probedAddress(atGate);
  }

  @Override
  public RegisterFile file() {
    return X86Registers32.FILE;
  }

  @Override
  public long get(int index) {
    return switch (Objects.checkIndex(index, file().size())) {
      case X86Registers32.ESP -> stackPointer;
      case X86Registers32.EIP -> programCounter;
      default -> memory.load(at(offset(index)), Integer.BYTES);
    };
  }

  @Override
  public void set(int index, long value) {
    switch (Objects.checkIndex(index, file().size())) {
      case X86Registers32.ESP -> stackPointer = value & MASK;
      case X86Registers32.EIP -> programCounter = value & MASK;
      default -> memory.store(at(offset(index)), Integer.BYTES, value);
    }
  }

  /** An address in the frame; wraps as the stack pointer does. */
  private long at(int offset) {
    return (frame + offset) & MASK;
  }

  private static int offset(int index) {
    return index == X86Registers32.EFLAGS
        ? DetourTemplate32.FLAGS_OFFSET
        : DetourTemplate32.offsetOf(index);
  }
}
