package io.github.optprobe.arm32.decode;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The decoder of one thread and one instruction set: a handle, and the memory that it reads from
 * and writes to. Confined to its thread.
 */
final class CapstoneFrame {
  private static final int CODE = 0;
  private static final int CODE_POINTER = 16;
  private static final int CODE_SIZE = 24;
  private static final int ADDRESS = 32;
  private static final int READ_COUNT = 40;
  private static final int WRITTEN_COUNT = 41;
  private static final int READ = 64;
  private static final int WRITTEN = READ + 2 * CapstoneLayout.MAX_REGISTERS;
  private static final int SIZE = WRITTEN + 2 * CapstoneLayout.MAX_REGISTERS;

  private static final int IT = 0xBF00;
  private static final int NOP = 0xBF00;

  private static final Cleaner CLEANER = Cleaner.create();
  private static final ThreadLocal<CapstoneFrame> A32 =
      ThreadLocal.withInitial(() -> new CapstoneFrame(CapstoneHandle.ofA32()));
  private static final ThreadLocal<CapstoneFrame> T32 =
      ThreadLocal.withInitial(() -> new CapstoneFrame(CapstoneHandle.ofT32()));

  private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long base = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  private final CapstoneEngine engine = CapstoneEngine.current();
  private final CapstoneLayout layout = engine.library().layout();
  private final CapstoneHandle handle;
  private final ByteBuffer instruction;

  private CapstoneFrame(CapstoneHandle handle) {
    this.handle = handle;
    CLEANER.register(this, handle);
    this.instruction = buffer(handle.instruction(), layout.instructionSize());
  }

  private static ByteBuffer buffer(long address, int size) {
    return new Pointer(address).getByteBuffer(0, size).order(ByteOrder.nativeOrder());
  }

  /** The frame of the calling thread; freed some time after the thread has ended. */
  static CapstoneFrame ofThisThread(ArmSet set) {
    return (set == ArmSet.A32 ? A32 : T32).get();
  }

  /**
   * Decodes a word of A32.
   *
   * @return whether the decoder knows it; if so, the methods below tell about it
   */
  boolean decodeA32(int word, long address) {
    memory.putInt(CODE, word);
    return decode(Integer.BYTES, address);
  }

  /**
   * Decodes an instruction of T32, at its place of an IT block.
   *
   * @param encoding a halfword, or two with the first one uppermost
   * @param length 2 or 4, bytes
   * @return as above
   */
  boolean decodeT32(int encoding, int length, long address, ItState it) {
    if (it.inBlock()) {
      // The handle learns of a block by the IT alone.
      decodeHalfword(IT | it.bits(), address - Short.BYTES);
    }
    boolean wide = length == Integer.BYTES;
    memory.putShort(CODE, (short) (wide ? encoding >>> Short.SIZE : encoding));
    memory.putShort(CODE + Short.BYTES, (short) encoding);
    return decode(length, address);
  }

  private boolean decodeHalfword(int halfword, long address) {
    memory.putShort(CODE, (short) halfword);
    return decode(Short.BYTES, address);
  }

  /**
   * Makes the handle forget an IT block, which it keeps from one decode to the next. To be called
   * after {@link #decodeT32} of an IT or within a block, once nothing more is asked about it.
   */
  void leaveItBlock() {
    // Up to four instructions belong to a block.
    for (int i = 0; i < 4; i++) {
      decodeHalfword(NOP, 0);
    }
  }

  private boolean decode(int length, long address) {
    memory.putLong(CODE_POINTER, base + CODE);
    memory.putLong(CODE_SIZE, length);
    memory.putLong(ADDRESS, address & 0xFFFF_FFFFL);
    return CapstoneNative.cs_disasm_iter(
                handle.handle(),
                base + CODE_POINTER,
                base + CODE_SIZE,
                base + ADDRESS,
                handle.instruction())
            != 0
        && length() == length;
  }

  /** Length in bytes of what has been decoded last. */
  int length() {
    return instruction.getShort(CapstoneLayout.LENGTH);
  }

  /** Mnemonic and operands of what has been decoded last. */
  String text() {
    String operands = text(layout.operands(), CapstoneLayout.OPERANDS_SIZE);
    String mnemonic = text(layout.mnemonic(), CapstoneLayout.MNEMONIC_SIZE);
    return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
  }

  private String text(int offset, int size) {
    byte[] bytes = new byte[size];
    instruction.get(offset, bytes);
    int end = 0;
    while (end < size && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.US_ASCII);
  }

  /** Whether the decoder calls it a jump or a call; it misses some, and never invents one. */
  boolean isBranch() {
    return isInGroup(CapstoneLayout.GROUP_JUMP) || isInGroup(CapstoneLayout.GROUP_CALL);
  }

  // The groups' place in the details has moved too often; this function knows it.
  private boolean isInGroup(int group) {
    return CapstoneNative.cs_insn_group(handle.handle(), handle.instruction(), group) != 0;
  }

  /** The registers that the decoder thinks are read or written; false if it cannot say. */
  boolean findRegisters() {
    return CapstoneNative.cs_regs_access(
            handle.handle(),
            handle.instruction(),
            base + READ,
            base + READ_COUNT,
            base + WRITTEN,
            base + WRITTEN_COUNT)
        == 0;
  }

  /** The core registers read, bit n for register n; after {@link #findRegisters}. */
  int registersRead() {
    return registers(READ, READ_COUNT);
  }

  /** The core registers written, in the same way. */
  int registersWritten() {
    return registers(WRITTEN, WRITTEN_COUNT);
  }

  private int registers(int array, int count) {
    int found = 0;
    for (int i = 0; i < memory.get(count); i++) {
      found |= engine.registerBit(memory.getShort(array + i * Short.BYTES));
    }
    return found;
  }
}
