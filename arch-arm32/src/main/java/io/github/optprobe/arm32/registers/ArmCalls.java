package io.github.optprobe.arm32.registers;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.table.ArmSet;

/**
 * How functions of 32-bit ARM return: to the address in lr, whose bit 0 says which instruction set
 * the caller is in, with an integer or a pointer in r0 (AAPCS, 6.4 and 6.5; with hardware floating
 * point such results are elsewhere).
 */
public final class ArmCalls implements CallConvention {
  private final ArmSet set;

  /**
   * Creates it.
   *
   * @param set that of addresses which this is asked to mark
   */
  public ArmCalls(ArmSet set) {
    this.set = set;
  }

  @Override
  public long returnAddress(Registers atEntry, DataMemory memory) {
    return atEntry.get(ArmRegisters.LR);
  }

  @Override
  public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
    atEntry.set(ArmRegisters.LR, address);
  }

  @Override
  public long asReturnAddress(CodeAddress address) {
    return ProgramStatus.marked(address.value(), set);
  }

  /**
   * A function that returned by lr left its return address there, which is then that of where the
   * CPU stands: what the program sees is where it really returns to.
   */
  @Override
  public void returnTo(Registers registers, long address) {
    if (registers.get(ArmRegisters.LR) == ProgramStatus.marked(registers.programCounter(), set)) {
      registers.set(ArmRegisters.LR, address);
    }
    ProgramStatus.exchange(registers, address);
  }

  @Override
  public long stackPointerAfterReturn(long atEntry) {
    return atEntry;
  }

  @Override
  public boolean keepsReturnAddressOnStack() {
    return false;
  }

  /** The low half of a result of 64 bits; the high half is in r1. */
  @Override
  public long returnValue(Registers atReturn) {
    return atReturn.get(0);
  }
}
