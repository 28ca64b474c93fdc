package io.github.optprobe.x86.decode;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The native memory of one thread: the bytes to decode, the decoder's output structs, and the
 * formatter's text, in one direct buffer that is allocated once. Confined to its thread.
 */
final class ZydisFrame {
  private static final int INPUT = 0;
  private static final int INPUT_SIZE = 16;
  private static final int INSTRUCTION = 64;
  private static final int OPERANDS = 512;
  private static final int TEXT = 1536;
  private static final int TEXT_SIZE = 512;
  private static final int SIZE = TEXT + TEXT_SIZE;
  private static final long NO_CONTEXT = 0;
  private static final byte CANARY = (byte) 0xA5;

  private static final ThreadLocal<ZydisFrame> FRAMES = ThreadLocal.withInitial(ZydisFrame::new);

  private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long base = Pointer.nativeValue(Native.getDirectBufferPointer(memory));

  private ZydisFrame() {}

  /** The frame of the calling thread; freed some time after the thread has ended. */
  static ZydisFrame ofThisThread() {
    return FRAMES.get();
  }

  /**
   * Decodes up to 15 bytes; the fields below then tell about them when the status is ≥ 0. Not the
   * operands: they take as long as all the rest, and are seldom asked for.
   */
  int decode(long decoder, byte[] code, int offset, int length) {
    putInput(code, offset, length);
    return ZydisNative.ZydisDecoderDecodeInstruction(
        decoder, NO_CONTEXT, base + INPUT, length, base + INSTRUCTION);
  }

  /** The same with operands, for {@link OperandRegisters} and for the formatter. */
  int decodeFull(long decoder, byte[] code, int offset, int length) {
    putInput(code, offset, length);
    return ZydisNative.ZydisDecoderDecodeFull(
        decoder, base + INPUT, length, base + INSTRUCTION, base + OPERANDS);
  }

  private void putInput(byte[] code, int offset, int length) {
    // The bytes behind the input are read later as part of two longs: make them zero.
    memory.putLong(INPUT, 0).putLong(INPUT + 8, 0);
    memory.put(INPUT, code, offset, length);
  }

  /** Disassembles what has been decoded last. */
  String format(long formatter, long address) {
    int status =
        ZydisNative.ZydisFormatterFormatInstruction(
            formatter,
            base + INSTRUCTION,
            base + OPERANDS,
            memory.get(INSTRUCTION + ZydisLayout.OPERAND_COUNT_VISIBLE),
            base + TEXT,
            TEXT_SIZE,
            address,
            0);
    if (status < 0) {
      throw new IllegalStateException("the formatter failed with status 0x%x".formatted(status));
    }
    return text();
  }

  private String text() {
    byte[] bytes = new byte[TEXT_SIZE];
    memory.get(TEXT, bytes);
    int end = 0;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.US_ASCII);
  }

  /**
   * Overwrites the output so that {@link #canariesStandBehindStructs} can tell what was written.
   */
  void putCanaries() {
    for (int i = INSTRUCTION; i < TEXT; i++) {
      memory.put(i, CANARY);
    }
  }

  /** True when the last decode wrote structs of exactly the sizes that we assume. */
  boolean canariesStandBehindStructs() {
    return endsAt(INSTRUCTION + ZydisLayout.INSTRUCTION_SIZE)
        && endsAt(OPERANDS + ZydisLayout.OPERAND_SIZE * ZydisLayout.MAX_OPERANDS);
  }

  private boolean endsAt(int end) {
    return memory.get(end - 1) != CANARY && memory.get(end) == CANARY;
  }

  /** A four-byte field (of {@link ZydisLayout}) of an operand. */
  int operand(int index, int field) {
    return memory.getInt(OPERANDS + index * ZydisLayout.OPERAND_SIZE + field);
  }

  /** What is done with an operand, as bits. */
  int operandActions(int index) {
    return memory.get(OPERANDS + index * ZydisLayout.OPERAND_SIZE + ZydisLayout.ACTIONS);
  }

  /** The first eight bytes of the input as a little-endian number. */
  long inputLow() {
    return memory.getLong(INPUT);
  }

  /** The next eight bytes of the input. */
  long inputHigh() {
    return memory.getLong(INPUT + INPUT_SIZE / 2);
  }

  /** Offset of the ModRM byte in the instruction, or -1. */
  byte modrmOffset() {
    boolean present = (i64(ZydisLayout.ATTRIBUTES) & ZydisLayout.HAS_MODRM) != 0;
    return (byte) (present ? u8(ZydisLayout.MODRM_OFFSET) : -1);
  }

  int u8(int field) {
    return memory.get(INSTRUCTION + field) & 0xFF;
  }

  int i32(int field) {
    return memory.getInt(INSTRUCTION + field);
  }

  long i64(int field) {
    return memory.getLong(INSTRUCTION + field);
  }

  /** A one-byte {@code field} (of {@link ZydisLayout}) of immediate 0 or 1. */
  int immediateU8(int index, int field) {
    return u8(ZydisLayout.IMMEDIATES + index * ZydisLayout.IMM_STRIDE + field);
  }

  long immediateValue(int index) {
    return i64(ZydisLayout.IMMEDIATES + index * ZydisLayout.IMM_STRIDE + ZydisLayout.IMM_VALUE);
  }
}
