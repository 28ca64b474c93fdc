package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.EmulatedTarget;

/** The guest's {@code errno} and what belongs to it. */
final class ErrnoCell {
  private static final int MESSAGE_OFFSET = 16;
  private static final int BYTES = 64;

  private final EmulatedTarget target;
  private final GuestMemory memory;
  private final long address;

  ErrnoCell(EmulatedTarget target, GuestMemory memory, GuestHeap heap) {
    this.target = target;
    this.memory = memory;
    address = heap.allocate(BYTES);
  }

  void defineIn(Imports imports) {
    imports
        .define("__errno_location", 0, call -> address)
        .define("strerror", 1, call -> message(call.intArgument(0)));
  }

  /** Turns a negative error number into -1 and {@code errno}. */
  long orError(long result) {
    if (result >= 0) {
      return result;
    }
    target.data().store(address, Integer.BYTES, -result);
    return -1;
  }

  private long message(int number) {
    memory.writeString(address + MESSAGE_OFFSET, "error " + number);
    return address + MESSAGE_OFFSET;
  }
}
