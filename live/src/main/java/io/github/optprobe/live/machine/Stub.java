package io.github.optprobe.live.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A piece of machine code with jumps inside. All of them are of the near form, so that its length
 * does not depend on anything. Not thread-safe.
 */
final class Stub {
  /** Condition numbers, as in the opcode (Intel SDM volume 2, Jcc). */
  static final int BELOW = 2;

  static final int ABOVE_OR_EQUAL = 3;
  static final int EQUAL = 4;
  static final int NOT_EQUAL = 5;
  static final int BELOW_OR_EQUAL = 6;
  static final int ABOVE = 7;
  static final int SIGN = 8;

  private byte[] bytes = new byte[256];
  private int size;
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Patch> patches = new ArrayList<>();

  private record Patch(int at, String label) {}

  /** Appends bytes, of each int the low eight bits. */
  Stub code(int... values) {
    for (int value : values) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * size);
      }
      bytes[size++] = (byte) value;
    }
    return this;
  }

  Stub int32(int value) {
    return code(value, value >>> 8, value >>> 16, value >>> 24);
  }

  Stub int64(long value) {
    return int32((int) value).int32((int) (value >>> 32));
  }

  /** Names the place where the next byte goes. */
  Stub label(String name) {
    if (labels.put(name, size) != null) {
      throw new IllegalStateException("twice: " + name);
    }
    return this;
  }

  Stub jmp(String label) {
    code(0xE9);
    return displacement(label);
  }

  Stub jcc(int condition, String label) {
    code(0x0F, 0x80 | condition);
    return displacement(label);
  }

  private Stub displacement(String label) {
    patches.add(new Patch(size, label));
    return int32(0);
  }

  int size() {
    return size;
  }

  /** Where a label stands, in bytes from the beginning. */
  OptionalInt offsetOf(String label) {
    Integer offset = labels.get(label);
    return offset == null ? OptionalInt.empty() : OptionalInt.of(offset);
  }

  /** The finished code. */
  byte[] toBytes() {
    byte[] finished = Arrays.copyOf(bytes, size);
    for (Patch patch : patches) {
      int displacement =
          Objects.requireNonNull(labels.get(patch.label())) - (patch.at() + Integer.BYTES);
      for (int i = 0; i < Integer.BYTES; i++) {
        finished[patch.at() + i] = (byte) (displacement >>> (i * Byte.SIZE));
      }
    }
    return finished;
  }
}
