package io.github.optprobe.testkit.decode;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One open handle of Capstone with its one {@code cs_insn}, open until the process ends: there are
 * two for each instruction set of a thread that fuzzes.
 */
final class CapstoneHandle {
  private static final int OPTION_DETAIL = 2;
  private static final long ON = 3;
  private static final int LENGTH = 16;
  private static final int MNEMONIC_BYTES = 32;
  private static final int OPERANDS_BYTES = 160;
  private static final int MOST_REGISTERS = 64;

  // This handle's memory: three in-and-out arguments, two counts, two arrays of registers.
  private static final int CODE = 0;
  private static final int SIZE = 8;
  private static final int ADDRESS = 16;
  private static final int READ_COUNT = 24;
  private static final int WRITTEN_COUNT = 25;
  private static final int READ = 32;
  private static final int WRITTEN = READ + 2 * MOST_REGISTERS;
  private static final int BYTES = WRITTEN + 2 * MOST_REGISTERS;

  private final CapstoneLibrary library = CapstoneLibrary.get();
  private final ByteBuffer memory = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
  private final long base = NativeAddress.ofBuffer(memory);
  private final long handle;
  private final long instruction;
  private final ByteBuffer fields;

  CapstoneHandle(CapstoneSet set, boolean detail) {
    requireOk(CapstoneCalls.cs_open(set.architecture(), set.mode(), base));
    handle = memory.getLong(0);
    if (detail) {
      requireOk(CapstoneCalls.cs_option(handle, OPTION_DETAIL, ON));
    }
    instruction = CapstoneCalls.cs_malloc(handle);
    fields =
        new Pointer(instruction)
            .getByteBuffer(0, library.instructionBytes())
            .order(ByteOrder.nativeOrder());
  }

  private static void requireOk(int error) {
    if (error != 0) {
      throw new DecoderUnavailableException("Capstone: error %d".formatted(error));
    }
  }

  long handle() {
    return handle;
  }

  /** Decodes one instruction; if there is one, the methods below tell about it. */
  boolean decode(long code, int size, long address) {
    memory.putLong(CODE, code).putLong(SIZE, size).putLong(ADDRESS, address);
    return CapstoneCalls.cs_disasm_iter(
            handle, base + CODE, base + SIZE, base + ADDRESS, instruction)
        != 0;
  }

  /** The number of the mnemonic. */
  int id() {
    return fields.getInt(0);
  }

  int length() {
    return fields.getShort(LENGTH);
  }

  String mnemonic() {
    return CText.at(fields, library.mnemonicAt(), MNEMONIC_BYTES);
  }

  String operands() {
    return CText.at(fields, library.operandsAt(), OPERANDS_BYTES);
  }

  /** Whether the operands' text is, or starts with, a number. */
  boolean startsWithNumber() {
    byte first = fields.get(library.operandsAt());
    return first >= '0' && first <= '9';
  }

  /** The number that is the operands' text, hexadecimal if it starts so. */
  long number() {
    int at = library.operandsAt();
    boolean hexadecimal = fields.get(at + 1) == 'x';
    long number = 0;
    for (int i = at + (hexadecimal ? 2 : 0); fields.get(i) != 0; i++) {
      number = number * (hexadecimal ? 16 : 10) + Character.digit(fields.get(i), 16);
    }
    return number;
  }

  /** Finds the registers; the two methods below tell them. */
  boolean findRegisters() {
    return CapstoneCalls.cs_regs_access(
            handle,
            instruction,
            base + READ,
            base + READ_COUNT,
            base + WRITTEN,
            base + WRITTEN_COUNT)
        == 0;
  }

  long registersRead(long[] bits) {
    return registers(READ, READ_COUNT, bits);
  }

  long registersWritten(long[] bits) {
    return registers(WRITTEN, WRITTEN_COUNT, bits);
  }

  private long registers(int array, int count, long[] bits) {
    long found = 0;
    for (int i = 0; i < memory.get(count); i++) {
      found |= bits[memory.getShort(array + i * Short.BYTES)];
    }
    return found;
  }
}
