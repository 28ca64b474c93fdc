package io.github.optprobe.testkit.unicorn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The segments of 32-bit code as systems set them up: all flat, but {@code gs}, which starts at the
 * thread's storage. In 32-bit mode Unicorn takes a segment's base from a descriptor table only, and
 * where one segment register is loaded from there, all must be: what it starts with is cut to 16
 * bits then.
 *
 * <p>Source: Intel SDM volume 3, 3.4.5 (segment descriptors); the register numbers and the form of
 * GDTR are Unicorn's.
 */
public final class FlatSegments {
  /** Size of the descriptor table in bytes. */
  public static final int TABLE_BYTES = 4 * Long.BYTES;

  private static final int CS = 11;
  private static final int DS = 17;
  private static final int ES = 28;
  private static final int FS = 32;
  private static final int GS = 33;
  private static final int SS = 49;
  private static final int GDTR = 243;
  private static final int GDTR_BYTES = 24;

  private static final int CODE = 0x9b;
  private static final int DATA = 0x93;
  private static final int CODE_SELECTOR = 8;
  private static final int DATA_SELECTOR = 16;
  private static final int THREAD_SELECTOR = 24;

  private FlatSegments() {}

  /** The descriptor table for a thread's storage base. */
  public static byte[] table(long threadBase) {
    return ByteBuffer.allocate(TABLE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0)
        .putLong(descriptor(0, CODE))
        .putLong(descriptor(0, DATA))
        .putLong(descriptor(threadBase, DATA))
        .array();
  }

  /**
   * Loads all segment registers.
   *
   * @param table address of the {@linkplain #table table} in the guest's memory
   */
  public static void load(Engine engine, long table) {
    engine.setWideRegister(GDTR, tableRegister(table));
    engine.setRegister(CS, CODE_SELECTOR);
    for (int flat : new int[] {SS, DS, ES, FS}) {
      engine.setRegister(flat, DATA_SELECTOR);
    }
    engine.setRegister(GS, THREAD_SELECTOR);
  }

  /** {@code uc_x86_mmr}: selector, base, limit, flags. */
  private static byte[] tableRegister(long table) {
    return ByteBuffer.allocate(GDTR_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(Long.BYTES, table)
        .putInt(2 * Long.BYTES, TABLE_BYTES - 1)
        .array();
  }

  /** Present, 4 GiB in pages, 32-bit, for privilege level 0, at which Unicorn starts. */
  private static long descriptor(long base, int access) {
    return 0x00cf_0000_0000_ffffL
        | (long) access << 40
        | (base & 0xff_ffffL) << 16
        | (base & 0xff00_0000L) << 32;
  }
}
