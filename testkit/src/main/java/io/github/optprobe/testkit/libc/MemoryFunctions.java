package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.HostCall;
import java.util.Arrays;

/** {@code mem*} and {@code str*}. */
final class MemoryFunctions {
  private final GuestMemory memory;

  MemoryFunctions(GuestMemory memory) {
    this.memory = memory;
  }

  void defineIn(Imports imports) {
    imports
        .define("memcpy", 3, this::copy)
        .define("memmove", 3, this::copy)
        .define("__memcpy_chk", 4, this::copy)
        .define("__memmove_chk", 4, this::copy)
        .define("memset", 3, this::set)
        .define("__memset_chk", 4, this::set)
        .define("memchr", 3, this::find)
        .define("memcmp", 3, this::compare)
        .define("strlen", 1, call -> memory.stringLength(call.argument(0)))
        .define("strcpy", 2, this::copyString)
        .define("__strcpy_chk", 3, this::copyString)
        .define("strcat", 2, this::appendString)
        .define("strcmp", 2, this::compareStrings)
        .define("strncmp", 3, this::comparePrefixes)
        .define("strchr", 2, this::findInString);
  }

  /** All is read before anything is written, so overlapping is no matter. */
  private long copy(HostCall call) {
    memory.write(call.argument(0), memory.read(call.argument(1), call.argument(2)));
    return call.argument(0);
  }

  private long set(HostCall call) {
    memory.fill(call.argument(0), call.intArgument(1), call.argument(2));
    return call.argument(0);
  }

  private long find(HostCall call) {
    long length = call.argument(2);
    int wanted = call.intArgument(1) & 0xff;
    for (long i = 0; i < length; i++) {
      if (memory.byteAt(call.argument(0) + i) == wanted) {
        return call.argument(0) + i;
      }
    }
    return 0;
  }

  private long compare(HostCall call) {
    long length = call.argument(2);
    return Arrays.compareUnsigned(
        memory.read(call.argument(0), length), memory.read(call.argument(1), length));
  }

  private long copyString(HostCall call) {
    memory.write(call.argument(0), memory.stringBytes(call.argument(1)));
    return call.argument(0);
  }

  private long appendString(HostCall call) {
    long end = call.argument(0) + memory.stringLength(call.argument(0));
    memory.write(end, memory.stringBytes(call.argument(1)));
    return call.argument(0);
  }

  private long compareStrings(HostCall call) {
    return Arrays.compareUnsigned(
        memory.stringBytes(call.argument(0)), memory.stringBytes(call.argument(1)));
  }

  private long comparePrefixes(HostCall call) {
    int length = Math.toIntExact(call.argument(2));
    byte[] one = memory.stringBytes(call.argument(0));
    byte[] other = memory.stringBytes(call.argument(1));
    return Arrays.compareUnsigned(
        Arrays.copyOf(one, Math.min(length, one.length)),
        Arrays.copyOf(other, Math.min(length, other.length)));
  }

  private long findInString(HostCall call) {
    int wanted = call.intArgument(1) & 0xff;
    long at = call.argument(0);
    while (memory.byteAt(at) != wanted) {
      if (memory.byteAt(at) == 0) {
        return 0;
      }
      at++;
    }
    return at;
  }
}
