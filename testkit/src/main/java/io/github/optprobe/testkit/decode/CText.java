package io.github.optprobe.testkit.decode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings that end with a zero byte. */
final class CText {
  private CText() {}

  /** The string at an offset, which ends at the latest with the field that holds it. */
  static String at(ByteBuffer memory, int offset, int fieldBytes) {
    int end = 0;
    while (end < fieldBytes && memory.get(offset + end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end];
    memory.get(offset, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
