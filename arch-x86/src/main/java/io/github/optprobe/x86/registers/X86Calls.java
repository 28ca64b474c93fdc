package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * How x86-64 functions return: to the address on top of the stack, with an integer or a pointer in
 * {@code rax} (System V ABI 3.2.3; Microsoft's is the same in both).
 */
public final class X86Calls implements CallConvention {
  private static final int RAX = 0;

  /** Creates it; it has no state. */
  public X86Calls() {}

  @Override
  public long returnAddress(Registers atEntry, DataMemory memory) {
    return memory.load(atEntry.stackPointer(), Long.BYTES);
  }

  @Override
  public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
    memory.store(atEntry.stackPointer(), Long.BYTES, address);
  }

  @Override
  public long stackPointerAfterReturn(long atEntry) {
    return atEntry + Long.BYTES;
  }

  @Override
  public boolean keepsReturnAddressOnStack() {
    return true;
  }

  @Override
  public long returnValue(Registers atReturn) {
    return atReturn.get(RAX);
  }
}
