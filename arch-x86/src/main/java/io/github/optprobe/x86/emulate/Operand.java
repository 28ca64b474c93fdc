package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** Where an indirect branch has its target: a general register or memory. Immutable. */
sealed interface Operand {

  /** The target. */
  long read(Machine machine, Registers registers, DataMemory memory);

  /** A general register by its number. */
  record InRegister(int number) implements Operand {
    @Override
    public long read(Machine machine, Registers registers, DataMemory memory) {
      return registers.get(number);
    }
  }

  /**
   * Memory.
   *
   * @param base number of the base register, or {@link #NONE}
   * @param index number of the index register, or {@link #NONE}
   * @param shift by how many bits the index is shifted, 0 to 3
   * @param displacement sign-extended, or the whole address
   * @param addressBits the width that the sum is truncated to
   */
  record InMemory(int base, int index, int shift, long displacement, int addressBits)
      implements Operand {
    static final int NONE = -1;

    @Override
    public long read(Machine machine, Registers registers, DataMemory memory) {
      return memory.load(address(registers), machine.wordBytes());
    }

    private long address(Registers registers) {
      long sum = displacement + value(registers, base) + (value(registers, index) << shift);
      return sum & Machine.mask(addressBits);
    }

    private static long value(Registers registers, int number) {
      return number == NONE ? 0 : registers.get(number);
    }
  }
}
