package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;

/**
 * How functions are called and how they return: what return probes need to know of an architecture.
 * Stacks grow towards lower addresses. Implemented by architecture modules, without state.
 */
public interface CallConvention {

  /**
   * Where the call whose first instruction the CPU stands at returns to, in the form in which the
   * program keeps it (with its mark, where addresses of one instruction set are marked).
   *
   * @param atEntry the registers at the function's first instruction
   * @throws io.github.optprobe.text.TextException if the stack is not mapped
   */
  long returnAddress(Registers atEntry, DataMemory memory);

  /**
   * Makes the call return elsewhere.
   *
   * @param address where to, in the form of {@link #returnAddress}
   * @throws io.github.optprobe.text.TextException if the stack is not mapped
   */
  void setReturnAddress(Registers atEntry, DataMemory memory, long address);

  /** An address in the form of {@link #returnAddress}. */
  default long asReturnAddress(CodeAddress address) {
    return address.value();
  }

  /**
   * Sets the program counter, and what else belongs to it, as the function's return would.
   *
   * @param address in the form of {@link #returnAddress}
   */
  default void returnTo(Registers registers, long address) {
    registers.setProgramCounter(address);
  }

  /**
   * The stack pointer after the return of a call that pops no arguments.
   *
   * @param atEntry the stack pointer at the function's first instruction
   */
  long stackPointerAfterReturn(long atEntry);

  /**
   * Whether the return address lies on the stack, where the entry's stack pointer says. A call at
   * the same stack pointer has then overwritten that of an earlier one, which is over.
   */
  boolean keepsReturnAddressOnStack();

  /** What the function returned, if that is an integer or a pointer. */
  long returnValue(Registers atReturn);
}
