package io.github.optprobe.x86.libz;

import io.github.optprobe.x86.libz.Libz.Calls;

/** A {@code z_stream} in scratch memory (zlib.h; LP64 layout). */
final class ZStream {
  static final int BYTES = 112;
  private static final int NEXT_IN = 0;
  private static final int AVAILABLE_IN = 8;
  private static final int NEXT_OUT = 24;
  private static final int AVAILABLE_OUT = 32;
  private static final int TOTAL_OUT = 40;

  private final Calls calls;
  private final int offset;

  /** A zeroed stream at an offset in scratch memory. */
  ZStream(Calls calls, int offset) {
    this.calls = calls;
    this.offset = offset;
    calls.put(offset, new byte[BYTES]);
  }

  long address() {
    return calls.at(offset);
  }

  ZStream in(long address, int bytes) {
    calls.store(offset + NEXT_IN, Long.BYTES, address);
    calls.store(offset + AVAILABLE_IN, Integer.BYTES, bytes);
    return this;
  }

  ZStream out(long address, int bytes) {
    calls.store(offset + NEXT_OUT, Long.BYTES, address);
    calls.store(offset + AVAILABLE_OUT, Integer.BYTES, bytes);
    return this;
  }

  int written() {
    return (int) calls.load(offset + TOTAL_OUT, Long.BYTES);
  }
}
