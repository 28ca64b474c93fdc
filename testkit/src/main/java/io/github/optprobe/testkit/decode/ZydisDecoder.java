package io.github.optprobe.testkit.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zydis 4.0 or 4.1, of the system or of a jar, through JNA's direct mapping: one native call for a
 * decode, into memory that is used again. Structs are laid out as on all 64-bit hosts.
 */
final class ZydisDecoder implements Decoder {
  // ZydisMachineMode, ZydisStackWidth, ZydisFormatterStyle
  private static final int MODE_LONG_64 = 0;
  private static final int MODE_LEGACY_32 = 3;
  private static final int STACK_WIDTH_32 = 1;
  private static final int STACK_WIDTH_64 = 2;
  private static final int STYLE_INTEL = 1;

  private static final int NO_MORE_DATA = 0x8020_0000;
  private static final int BRANCH_FAR = 3;

  // ZydisDecodedInstruction
  private static final int MNEMONIC = 4;
  private static final int LENGTH = 8;
  private static final int OPERAND_WIDTH = 22;
  private static final int OPERAND_COUNT = 24;
  private static final int VISIBLE_COUNT = 25;
  private static final int BRANCH_TYPE = 104;
  private static final int IMMEDIATE_RELATIVE = 281;
  private static final int IMMEDIATE_VALUE = 288;
  private static final int IMMEDIATE_SIZE = 296;

  // ZydisDecodedOperand
  private static final int OPERAND_BYTES = 80;
  private static final int ACTIONS = 8;
  private static final int TYPE = 32;
  private static final int REGISTER = 40;
  private static final int BASE = 48;
  private static final int INDEX = 52;
  private static final int TYPE_REGISTER = 1;
  private static final int TYPE_MEMORY = 2;
  private static final int READS = 0b0101;
  private static final int WRITES = 0b1010;

  // This decoder's memory.
  private static final int INSTRUCTION = 0;
  private static final int OPERANDS = 512;
  private static final int TEXT = 1536;
  private static final int TEXT_BYTES = 512;
  private static final int DECODER_64 = TEXT + TEXT_BYTES;
  private static final int DECODER_32 = DECODER_64 + 64;
  private static final int FORMATTER = DECODER_32 + 64;
  private static final int SIZE = FORMATTER + 2048;

  private final ZydisTables tables = ZydisTables.get();
  private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long base = NativeAddress.ofBuffer(memory);
  private final NativeAddress code = new NativeAddress();

  ZydisDecoder() {
    requireOk(ZydisCalls.ZydisDecoderInit(base + DECODER_64, MODE_LONG_64, STACK_WIDTH_64));
    requireOk(ZydisCalls.ZydisDecoderInit(base + DECODER_32, MODE_LEGACY_32, STACK_WIDTH_32));
    requireOk(ZydisCalls.ZydisFormatterInit(base + FORMATTER, STYLE_INTEL));
  }

  private static void requireOk(int status) {
    if (status < 0) {
      throw new DecoderUnavailableException("Zydis: status 0x%x".formatted(status));
    }
  }

  @Override
  public String name() {
    return "zydis";
  }

  @Override
  public boolean supports(String instructionSet) {
    return instructionSet.equals("x86-64") || instructionSet.equals("x86-32");
  }

  @Override
  public void decode(CodeInput input, Detail detail, Decoded result) {
    boolean wide = input.instructionSet().equals("x86-64");
    int status = decode(input, detail, base + (wide ? DECODER_64 : DECODER_32));
    if (status == NO_MORE_DATA) {
      result.partial();
    } else if (status < 0) {
      result.invalid().text(detail == Detail.TEXT ? "status 0x%x".formatted(status) : "");
    } else {
      tell(input.address(), wide, result);
      tellMore(input.address(), detail, result);
    }
  }

  private int decode(CodeInput input, Detail detail, long decoder) {
    long bytes = code.of(input);
    return detail == Detail.FLOW
        ? ZydisCalls.ZydisDecoderDecodeInstruction(
            decoder, 0, bytes, input.available(), base + INSTRUCTION)
        : ZydisCalls.ZydisDecoderDecodeFull(
            decoder, bytes, input.available(), base + INSTRUCTION, base + OPERANDS);
  }

  private void tell(long address, boolean wide, Decoded result) {
    int mnemonic = memory.getInt(MNEMONIC);
    int length = memory.get(LENGTH);
    boolean constant = memory.get(IMMEDIATE_SIZE) != 0 && memory.get(IMMEDIATE_RELATIVE) != 0;
    boolean far = memory.getInt(BRANCH_TYPE) == BRANCH_FAR;
    FlowClass near = tables.flow(mnemonic, constant);
    result.instruction(length, far ? FlowClass.FAR : near).mnemonic(tables.mnemonic(mnemonic));
    if (constant) {
      long mask = addressMask(wide, tables.mnemonic(mnemonic));
      result.target((address + length + memory.getLong(IMMEDIATE_VALUE)) & mask);
    }
  }

  /** A jump with a 16-bit operand leaves only 16 bits of the instruction pointer; XBEGIN all. */
  private long addressMask(boolean wide, String mnemonic) {
    if (wide) {
      return -1;
    }
    boolean narrow = memory.get(OPERAND_WIDTH) == Short.SIZE && !mnemonic.equals("xbegin");
    return narrow ? 0xFFFF : 0xFFFF_FFFFL;
  }

  private void tellMore(long address, Detail detail, Decoded result) {
    if (detail != Detail.FLOW) {
      tellRegisters(result);
    }
    if (detail == Detail.TEXT) {
      result.text(text(address));
    }
  }

  private void tellRegisters(Decoded result) {
    long read = 0;
    long written = 0;
    for (int i = 0; i < memory.get(OPERAND_COUNT); i++) {
      int operand = OPERANDS + i * OPERAND_BYTES;
      int type = memory.getInt(operand + TYPE);
      if (type == TYPE_REGISTER) {
        long bit = registerBit(operand + REGISTER);
        read |= (memory.get(operand + ACTIONS) & READS) != 0 ? bit : 0;
        written |= (memory.get(operand + ACTIONS) & WRITES) != 0 ? bit : 0;
      } else if (type == TYPE_MEMORY) {
        read |= registerBit(operand + BASE) | registerBit(operand + INDEX);
      }
    }
    result.registers(read, written);
  }

  private long registerBit(int field) {
    return tables.registerBit(memory.getInt(field));
  }

  private String text(long address) {
    requireOk(
        ZydisCalls.ZydisFormatterFormatInstruction(
            base + FORMATTER,
            base + INSTRUCTION,
            base + OPERANDS,
            memory.get(VISIBLE_COUNT),
            base + TEXT,
            TEXT_BYTES,
            address,
            0));
    return CText.at(memory, TEXT, TEXT_BYTES);
  }
}
