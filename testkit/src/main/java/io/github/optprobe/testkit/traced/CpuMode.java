package io.github.optprobe.testkit.traced;

/** How the CPU takes the bytes that it executes. */
public enum CpuMode {
  /** 64-bit code. */
  BITS_64(0x33, 0),
  /** 32-bit code below 4 GiB: compatibility mode. */
  BITS_32(0x23, 0x2b);

  /** The stack segment of Linux's user space, in both modes. */
  static final int STACK_SEGMENT = 0x2b;

  private final int codeSegment;
  private final int dataSegment;

  CpuMode(int codeSegment, int dataSegment) {
    this.codeSegment = codeSegment;
    this.dataSegment = dataSegment;
  }

  int codeSegment() {
    return codeSegment;
  }

  int dataSegment() {
    return dataSegment;
  }

  /** The width of a pushed word, in bytes. */
  int wordBytes() {
    return this == BITS_64 ? Long.BYTES : Integer.BYTES;
  }
}
