package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * How functions are called: the return address is in ra, the result in a0 (psABI, 2.1). Helpers
 * that compilers call by the alternate link register t0 are no functions in this sense.
 */
final class RvCalls implements CallConvention {

  @Override
  public long returnAddress(Registers atEntry, DataMemory memory) {
    return atEntry.get(Register.RA);
  }

  @Override
  public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
    atEntry.set(Register.RA, address);
  }

  @Override
  public long stackPointerAfterReturn(long atEntry) {
    return atEntry;
  }

  @Override
  public boolean keepsReturnAddressOnStack() {
    return false;
  }

  @Override
  public long returnValue(Registers atReturn) {
    return atReturn.get(Register.A0);
  }
}
