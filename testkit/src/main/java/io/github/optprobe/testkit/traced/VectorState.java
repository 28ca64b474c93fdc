package io.github.optprobe.testkit.traced;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Floating-point and vector registers of a CPU: x87 and MMX, MXCSR, XMM, YMM, ZMM and mask
 * registers, as far as the CPU has them. A copy of its own, that changes with nothing else. Not
 * thread-safe.
 */
public final class VectorState {
  /** How many mask registers there are, on CPUs that have them. */
  public static final int MASKS = 8;

  private static final int LANE = 16;
  private static final int ZMM = 64;
  private static final int MXCSR = 24;
  private static final int X87_STACK = 32;
  private static final int XMM = 160;
  private static final int XMM_END = 416;
  private static final int IN_USE = 512;

  private final XstateLayout layout;
  private final byte[] image;
  private final ByteBuffer bytes;

  VectorState(XstateLayout layout, byte[] image) {
    this.layout = layout;
    this.image = image;
    bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A copy. */
  public VectorState copy() {
    return new VectorState(layout, image.clone());
  }

  /** How many vector registers there are: 16, or 32 with AVX-512. */
  public int vectors() {
    return layout.vectors();
  }

  /** How wide a vector register is, in bytes: 16 (XMM), 32 (YMM) or 64 (ZMM). */
  public int vectorBytes() {
    return layout.vectorBytes();
  }

  /** Whether there are mask registers. */
  public boolean hasMasks() {
    return layout.masks() >= 0;
  }

  /** A vector register in its whole width, lowest byte first. */
  public byte[] vector(int index) {
    byte[] value = new byte[vectorBytes()];
    for (int from = 0; from < value.length; from += LANE) {
      System.arraycopy(image, place(index, from), value, from, LANE);
    }
    return value;
  }

  /**
   * Changes a vector register.
   *
   * @param value as wide as {@link #vectorBytes}
   */
  public void setVector(int index, byte[] value) {
    if (value.length != vectorBytes()) {
      throw new IllegalArgumentException("%d bytes, not %d".formatted(vectorBytes(), value.length));
    }
    for (int from = 0; from < value.length; from += LANE) {
      System.arraycopy(value, from, image, place(index, from), LANE);
    }
  }

  /** A mask register. */
  public long mask(int index) {
    return bytes.getLong(maskPlace(index));
  }

  /** Changes a mask register. */
  public void setMask(int index, long value) {
    bytes.putLong(maskPlace(index), value);
  }

  /** The control and status register of vector arithmetic. */
  public int mxcsr() {
    return bytes.getInt(MXCSR);
  }

  /** Changes {@link #mxcsr}; bits that the CPU reserves must be 0. */
  public void setMxcsr(int value) {
    bytes.putInt(MXCSR, value);
  }

  /** The ten bytes of an x87 register, counted from the top of its stack; MMX is the low eight. */
  public byte[] x87(int index) {
    int from = X87_STACK + LANE * Objects.checkIndex(index, 8);
    return Arrays.copyOfRange(image, from, from + 10);
  }

  /**
   * What differs, in words; empty if nothing does. The x87's notes of its last instruction's and
   * operand's addresses are not compared: they are no register, and CPUs keep them or not.
   */
  public List<String> differencesTo(VectorState other) {
    if (sameBytes(other)) {
      return List.of();
    }
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < vectors(); i++) {
      note(differences, "vector" + i, hex(vector(i)), hex(other.vector(i)));
    }
    for (int i = 0; hasMasks() && i < MASKS; i++) {
      note(differences, "k" + i, "%x".formatted(mask(i)), "%x".formatted(other.mask(i)));
    }
    note(differences, "mxcsr", "%x".formatted(mxcsr()), "%x".formatted(other.mxcsr()));
    note(differences, "x87", hex(image, 0, 5), hex(other.image, 0, 5));
    note(differences, "x87 stack", hex(image, X87_STACK, XMM), hex(other.image, X87_STACK, XMM));
    return differences;
  }

  /** The registers alone, in few comparisons. */
  private boolean sameBytes(VectorState other) {
    return same(other, 0, 5)
        && same(other, MXCSR, MXCSR + 4)
        && same(other, X87_STACK, XMM_END)
        && sameComponent(other, layout.highYmm(), 16 * LANE)
        && sameComponent(other, layout.masks(), MASKS * Long.BYTES)
        && sameComponent(other, layout.highZmm(), 16 * 32)
        && sameComponent(other, layout.upperZmm(), 16 * ZMM);
  }

  private boolean sameComponent(VectorState other, int offset, int length) {
    return offset < 0 || same(other, offset, offset + length);
  }

  private boolean same(VectorState other, int from, int to) {
    return Arrays.equals(image, from, to, other.image, from, to);
  }

  /** The image with every component marked as in use, to be loaded as it is. */
  byte[] loadable() {
    long inUse = 0b111L | (1L << XstateLayout.MASKS);
    inUse |= (1L << XstateLayout.HIGH_ZMM) | (1L << XstateLayout.UPPER_ZMM);
    bytes.putLong(IN_USE, bytes.getLong(IN_USE) | (inUse & layout.features()));
    return image;
  }

  /** Where 16 bytes of a vector register are. */
  private int place(int index, int from) {
    Objects.checkIndex(index, vectors());
    if (index >= 16) {
      return layout.upperZmm() + ZMM * (index - 16) + from;
    }
    return switch (from) {
      case 0 -> XMM + LANE * index;
      case LANE -> layout.highYmm() + LANE * index;
      default -> layout.highZmm() + 32 * index + from - 32;
    };
  }

  private int maskPlace(int index) {
    if (!hasMasks()) {
      throw new IllegalStateException("this CPU has no mask registers");
    }
    return layout.masks() + Long.BYTES * Objects.checkIndex(index, MASKS);
  }

  private static void note(List<String> differences, String name, String mine, String others) {
    if (!mine.equals(others)) {
      differences.add("%s: %s / %s".formatted(name, mine, others));
    }
  }

  private static String hex(byte[] value) {
    return hex(value, 0, value.length);
  }

  private static String hex(byte[] value, int from, int to) {
    return HexFormat.of().formatHex(value, from, to);
  }
}
