package io.github.optprobe.arm32.registers;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.emit.DetourTemplate;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.Objects;

/**
 * The registers that a detour buffer pushed, found by r0 and r1 at the gate. The program counter is
 * not on the stack, and of cpsr only the flags are: the rest is the CPU's at the gate, with the
 * instruction set of the probed text, outside of IT blocks. What handlers make of these, and of the
 * stack pointer, is kept here.
 */
public final class SavedRegisters implements GateFrame {
  private static final long MASK = 0xFFFF_FFFFL;
  private static final int FLAGS = 0xF80F_0000;

  private final DataMemory memory;
  private final ArmSet set;
  private long frame;
  private long stackPointer;
  private long programCounter;
  private int withoutFlags;

  /**
   * Creates a view that is attached to nothing.
   *
   * @param set that of the buffers
   */
  public SavedRegisters(DataMemory memory, ArmSet set) {
    this.memory = memory;
    this.set = set;
  }

  @Override
  public long probedAddress(Registers atGate) {
    return atGate.get(0);
  }

  @Override
  public void attach(Registers atGate) {
    frame = atGate.get(1);
    stackPointer = memory.load(at(DetourTemplate.STACK_OFFSET), Integer.BYTES);
    programCounter = probedAddress(atGate);
    int atGateNow = ProgramStatus.cpsr(atGate) & ~(FLAGS | ProgramStatus.THUMB);
    withoutFlags = set == ArmSet.T32 ? atGateNow | ProgramStatus.THUMB : atGateNow;
  }

  @Override
  public RegisterFile file() {
    return ArmRegisters.FILE;
  }

  @Override
  public long get(int index) {
    return switch (Objects.checkIndex(index, file().size())) {
      case ArmRegisters.SP -> stackPointer;
      case ArmRegisters.PC -> programCounter;
      case ArmRegisters.CPSR -> ((flags() & FLAGS) | withoutFlags) & MASK;
      default -> memory.load(at(DetourTemplate.offsetOf(index)), Integer.BYTES);
    };
  }

  private int flags() {
    return (int) memory.load(at(DetourTemplate.FLAGS_OFFSET), Integer.BYTES);
  }

  @Override
  public void set(int index, long value) {
    switch (Objects.checkIndex(index, file().size())) {
      case ArmRegisters.SP -> stackPointer = value & MASK;
      case ArmRegisters.PC -> programCounter = value & MASK;
      case ArmRegisters.CPSR -> setStatus((int) value);
      default -> memory.store(at(DetourTemplate.offsetOf(index)), Integer.BYTES, value & MASK);
    }
  }

  private void setStatus(int value) {
    memory.store(at(DetourTemplate.FLAGS_OFFSET), Integer.BYTES, value & MASK);
    withoutFlags = value & ~FLAGS;
  }

  /** An address in the frame; wraps as the stack pointer does. */
  private long at(int offset) {
    return (frame + offset) & MASK;
  }
}
