package io.github.optprobe.toy;

import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** Calls push their return address, two bytes; a function returns its value in a. */
final class ToyCalls implements CallConvention {
  @Override
  public long returnAddress(Registers atEntry, DataMemory memory) {
    return memory.load(atEntry.stackPointer(), 2);
  }

  @Override
  public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
    memory.store(atEntry.stackPointer(), 2, address);
  }

  @Override
  public long stackPointerAfterReturn(long atEntry) {
    return atEntry + 2;
  }

  @Override
  public boolean keepsReturnAddressOnStack() {
    return true;
  }

  @Override
  public long returnValue(Registers atReturn) {
    return atReturn.get("a");
  }
}
