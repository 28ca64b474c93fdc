package io.github.optprobe.x86.registers;

import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/**
 * How x86-32 functions return: to the address on top of the stack, with an integer or a pointer in
 * {@code eax} (System V ABI for the Intel386, 3-11 and 3-12; cdecl, stdcall and fastcall are the
 * same in both). Who pops the arguments, the caller or {@code ret n}, makes no difference here.
 */
public final class X86Calls32 implements CallConvention {
  private static final long MASK = 0xFFFF_FFFFL;

  /** Creates it; it has no state. */
  public X86Calls32() {}

  @Override
  public long returnAddress(Registers atEntry, DataMemory memory) {
    return memory.load(atEntry.stackPointer(), Integer.BYTES);
  }

  @Override
  public void setReturnAddress(Registers atEntry, DataMemory memory, long address) {
    memory.store(atEntry.stackPointer(), Integer.BYTES, address);
  }

  @Override
  public long stackPointerAfterReturn(long atEntry) {
    return (atEntry + Integer.BYTES) & MASK;
  }

  @Override
  public boolean keepsReturnAddressOnStack() {
    return true;
  }

  /** The low half of a result of 64 bits; the high half is in {@code edx}. */
  @Override
  public long returnValue(Registers atReturn) {
    return atReturn.get(X86Registers32.EAX);
  }
}
