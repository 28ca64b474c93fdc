package io.github.optprobe.x86.decode;

/**
 * Where Zydis 4.0 and 4.1 keep the fields that we read: byte offsets on 64-bit hosts. Checked at
 * load time by {@link SelfCheck}.
 */
final class ZydisLayout {
  // ZydisDecodedInstruction
  static final int INSTRUCTION_SIZE = 328;
  static final int MNEMONIC = 4;
  static final int LENGTH = 8;
  static final int ENCODING = 12;
  static final int OPCODE_MAP = 16;
  static final int OPCODE = 20;
  static final int OPERAND_WIDTH = 22;
  static final int ADDRESS_WIDTH = 23;
  static final int OPERAND_COUNT = 24;
  static final int OPERAND_COUNT_VISIBLE = 25;
  static final int ATTRIBUTES = 32;
  static final int CATEGORY = 92;
  static final int BRANCH_TYPE = 104;
  static final int PREFIX_COUNT = 112;
  static final int MODRM_OFFSET = 258;
  static final int DISP_VALUE = 264;
  static final int DISP_SIZE = 272;
  static final int DISP_OFFSET = 273;
  static final int IMMEDIATES = 280;

  // One element of the immediates
  static final int IMM_STRIDE = 24;
  static final int IMM_SIGNED = 0;
  static final int IMM_RELATIVE = 1;
  static final int IMM_VALUE = 8;
  static final int IMM_SIZE = 16;
  static final int IMM_OFFSET = 17;

  // ZydisDecodedOperand
  static final int OPERAND_SIZE = 80;
  static final int MAX_OPERANDS = 10;
  static final int ACTIONS = 8;
  static final int TYPE = 32;
  static final int REGISTER = 40;
  static final int MEMORY_BASE = 48;
  static final int MEMORY_INDEX = 52;

  // Values of ZydisOperandType and bits of ZydisOperandActions
  static final int TYPE_REGISTER = 1;
  static final int TYPE_MEMORY = 2;
  static final int ACTION_ANY_READ = 0b0101;
  static final int ACTION_ANY_WRITE = 0b1010;

  // Bits of ZydisInstructionAttributes
  static final long HAS_MODRM = 1L;
  static final long HAS_LOCK = 1L << 27;
  static final long HAS_REP = 1L << 28;
  static final long HAS_REPE = 1L << 29;
  static final long HAS_REPNE = 1L << 30;
  static final long HAS_SEGMENT_FS = 1L << 41;
  static final long HAS_SEGMENT_GS = 1L << 42;

  // ZydisMachineMode, ZydisStackWidth, ZydisFormatterStyle
  static final int MODE_LONG_64 = 0;
  static final int MODE_LEGACY_32 = 3;
  static final int STACK_WIDTH_32 = 1;
  static final int STACK_WIDTH_64 = 2;
  static final int STYLE_INTEL = 1;

  private ZydisLayout() {}
}
