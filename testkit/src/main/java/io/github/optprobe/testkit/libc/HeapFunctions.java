package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.HostCall;

/** {@code malloc} and its like. */
final class HeapFunctions {
  private final GuestHeap heap;
  private final GuestMemory memory;

  HeapFunctions(GuestHeap heap, GuestMemory memory) {
    this.heap = heap;
    this.memory = memory;
  }

  void defineIn(Imports imports) {
    imports
        .define("malloc", 1, call -> heap.allocate(call.argument(0)))
        .define("calloc", 2, this::allocateZeroed)
        .define("realloc", 2, this::reallocate)
        .define("free", 1, this::free)
        .define("__strdup", 1, this::duplicate)
        .define("strdup", 1, this::duplicate);
  }

  private long allocateZeroed(HostCall call) {
    long bytes = Math.multiplyExact(call.argument(0), call.argument(1));
    long address = heap.allocate(bytes);
    if (address != 0) {
      memory.fill(address, 0, bytes);
    }
    return address;
  }

  private long reallocate(HostCall call) {
    long old = call.argument(0);
    long address = heap.allocate(call.argument(1));
    if (old != 0 && address != 0) {
      memory.write(address, memory.read(old, Math.min(heap.sizeOf(old), call.argument(1))));
      heap.free(old);
    }
    return address;
  }

  private long free(HostCall call) {
    heap.free(call.argument(0));
    return 0;
  }

  private long duplicate(HostCall call) {
    byte[] text = memory.stringBytes(call.argument(0));
    long address = heap.allocate(text.length);
    memory.write(address, text);
    return address;
  }
}
