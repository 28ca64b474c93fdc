package io.github.optprobe.testkit.libc;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes and strings in the guest's memory. */
final class GuestMemory {
  private final EmulatedTarget target;

  GuestMemory(EmulatedTarget target) {
    this.target = target;
  }

  /** Width of an argument, and of a pointer, in bytes. */
  int wordBytes() {
    return target.wordBytes();
  }

  byte[] read(long address, long length) {
    requireEnd(address, length);
    return target.readBytes(address, Math.toIntExact(length));
  }

  void write(long address, byte[] bytes) {
    target.writeBytes(address, bytes);
  }

  int byteAt(long address) {
    return (int) target.data().load(address, 1);
  }

  void fill(long address, int value, long length) {
    requireEnd(address, length);
    byte[] bytes = new byte[Math.toIntExact(length)];
    Arrays.fill(bytes, (byte) value);
    write(address, bytes);
  }

  /** A length that is nonsense fails before as much room is taken for it. */
  private void requireEnd(long address, long length) {
    if (length > 0) {
      byteAt(address + length - 1);
    }
  }

  long stringLength(long address) {
    long length = 0;
    while (byteAt(address + length) != 0) {
      length++;
    }
    return length;
  }

  /** A string with its terminating zero. */
  byte[] stringBytes(long address) {
    return read(address, stringLength(address) + 1);
  }

  /** As Latin 1, so that every byte survives. */
  String string(long address) {
    return new String(read(address, stringLength(address)), StandardCharsets.ISO_8859_1);
  }

  void writeString(long address, String text) {
    write(address, (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
  }
}
