package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.elf.Imports;
import io.github.optprobe.testkit.emulator.HostCall;
import java.util.function.LongSupplier;

/** {@code snprintf} and its like, without floating point. */
final class FormatFunctions {
  private static final int WORD = Long.BYTES;
  private static final int REGISTER_AREA_BYTES = 6 * WORD;

  private final GuestMemory memory;
  private final Format format;

  FormatFunctions(GuestMemory memory) {
    this.memory = memory;
    format = new Format(memory);
  }

  void defineIn(Imports imports) {
    imports
        .define("snprintf", 3, call -> formatArguments(call, 1, 2))
        .define("__snprintf_chk", 5, call -> formatArguments(call, 1, 4))
        .define("vsnprintf", 4, call -> formatList(call, 2, 3))
        .define("__vsnprintf_chk", 6, call -> formatList(call, 4, 5));
  }

  private long formatArguments(HostCall call, int sizeIndex, int formatIndex) {
    int[] next = {formatIndex + 1};
    return put(call, sizeIndex, formatIndex, () -> call.argument(next[0]++));
  }

  private long formatList(HostCall call, int formatIndex, int listIndex) {
    long list = call.argument(listIndex);
    if (memory.wordBytes() == Integer.BYTES) {
      long[] next = {list};
      return put(call, 1, formatIndex, () -> nextOf(call, next));
    }
    return put(call, 1, formatIndex, () -> nextOf(call, list));
  }

  private long put(HostCall call, int sizeIndex, int formatIndex, LongSupplier arguments) {
    String text = format.apply(memory.string(call.argument(formatIndex)), arguments);
    long size = call.argument(sizeIndex);
    if (size > 0) {
      int fits = (int) Math.min(text.length(), size - 1);
      memory.writeString(call.argument(0), text.substring(0, fits));
    }
    return text.length();
  }

  /** In 32-bit code a {@code va_list} is the address of the next argument. */
  private static long nextOf(HostCall call, long[] next) {
    long value = call.data().load(next[0], Integer.BYTES);
    next[0] += Integer.BYTES;
    return value;
  }

  /**
   * In 64-bit code a {@code va_list} has two 4-byte offsets, then the overflow area, then the
   * register area.
   */
  private static long nextOf(HostCall call, long list) {
    long offset = call.data().load(list, Integer.BYTES);
    if (offset < REGISTER_AREA_BYTES) {
      call.data().store(list, Integer.BYTES, offset + WORD);
      return call.data().load(call.data().load(list + 2 * WORD, WORD) + offset, WORD);
    }
    long overflow = call.data().load(list + WORD, WORD);
    call.data().store(list + WORD, WORD, overflow + WORD);
    return call.data().load(overflow, WORD);
  }
}
