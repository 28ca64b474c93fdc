package io.github.optprobe.x86.decode;

import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decoded x86 instruction: its bytes, where they stand, and what a planner or relocator needs
 * to know about them. Immutable, so safe to share between threads. Two are equal when mode, address
 * and bytes are.
 *
 * <p>Offsets count bytes from the instruction's first byte and are -1 for a field that isn't there.
 */
public final class Instruction implements Decoded {
  /** The longest instruction that a CPU accepts, in bytes. */
  public static final int MAX_LENGTH = 15;

  private static final int MOD_AND_RM = 0xC7;
  private static final int MOD_0_RM_5 = 0x05;

  private final MachineMode mode;
  private final long address;
  // The bytes as two little-endian numbers: immutable without a copy, and no array to allocate.
  private final long lowBytes;
  private final long highBytes;
  private final byte length;

  private final String mnemonic;
  private final String category;
  private final Encoding encoding;
  private final OpcodeMap opcodeMap;
  private final byte opcode;
  private final BranchType branchType;
  private final Flow flow;
  private final long attributes;
  private final byte operandWidth;
  private final byte addressWidth;
  private final byte prefixCount;
  private final byte modrmOffset;

  private final long displacement;
  private final byte displacementSize;
  private final byte displacementOffset;
  private final long firstValue;
  private final long secondValue;
  private final byte firstSize;
  private final byte secondSize;
  private final byte firstOffset;
  private final byte secondOffset;
  private final boolean firstSigned;
  private final boolean secondSigned;
  private final boolean relative;

  private final boolean ripRelative;

  /** Takes over what the frame has just decoded. */
  Instruction(MachineMode mode, long address, ZydisFrame frame, ZydisNames names) {
    int mnemonicId = frame.i32(ZydisLayout.MNEMONIC);
    int categoryId = frame.i32(ZydisLayout.CATEGORY);

    this.mode = mode;
    this.address = address;
    this.length = (byte) frame.u8(ZydisLayout.LENGTH);
    this.lowBytes = firstBytes(frame.inputLow(), length);
    this.highBytes = firstBytes(frame.inputHigh(), length - Long.BYTES);

    this.mnemonic = names.mnemonic(mnemonicId);
    this.category = names.category(categoryId);
    this.encoding = Encoding.ofNumber(frame.i32(ZydisLayout.ENCODING));
    this.opcodeMap = OpcodeMap.ofNumber(frame.i32(ZydisLayout.OPCODE_MAP));
    this.opcode = (byte) frame.u8(ZydisLayout.OPCODE);
    this.branchType = BranchType.ofNumber(frame.i32(ZydisLayout.BRANCH_TYPE));
    this.attributes = frame.i64(ZydisLayout.ATTRIBUTES);
    this.operandWidth = (byte) frame.u8(ZydisLayout.OPERAND_WIDTH);
    this.addressWidth = (byte) frame.u8(ZydisLayout.ADDRESS_WIDTH);
    this.prefixCount = (byte) frame.u8(ZydisLayout.PREFIX_COUNT);
    this.modrmOffset = frame.modrmOffset();

    this.displacement = frame.i64(ZydisLayout.DISP_VALUE);
    this.displacementSize = (byte) (frame.u8(ZydisLayout.DISP_SIZE) / Byte.SIZE);
    this.displacementOffset = offset(displacementSize, frame.u8(ZydisLayout.DISP_OFFSET));
    this.firstValue = frame.immediateValue(0);
    this.firstSize = (byte) (frame.immediateU8(0, ZydisLayout.IMM_SIZE) / Byte.SIZE);
    this.firstOffset = offset(firstSize, frame.immediateU8(0, ZydisLayout.IMM_OFFSET));
    this.firstSigned = frame.immediateU8(0, ZydisLayout.IMM_SIGNED) != 0;
    this.secondValue = frame.immediateValue(1);
    this.secondSize = (byte) (frame.immediateU8(1, ZydisLayout.IMM_SIZE) / Byte.SIZE);
    this.secondOffset = offset(secondSize, frame.immediateU8(1, ZydisLayout.IMM_OFFSET));
    this.secondSigned = frame.immediateU8(1, ZydisLayout.IMM_SIGNED) != 0;
    // Not the attribute IS_RELATIVE, which RIP-relative memory operands have too.
    this.relative = frame.immediateU8(0, ZydisLayout.IMM_RELATIVE) != 0;

    this.flow = names.flow(mnemonicId, categoryId, branchType, relative);
    this.ripRelative =
        mode == MachineMode.BITS_64
            && displacementSize == Integer.BYTES
            && (modrm() & MOD_AND_RM) == MOD_0_RM_5;
  }

  /** The word without the bytes behind the first {@code count}: they belong to what follows. */
  private static long firstBytes(long word, int count) {
    if (count <= 0) {
      return 0;
    }
    return count >= Long.BYTES ? word : word & ((1L << (count * Byte.SIZE)) - 1);
  }

  private static byte offset(int size, int offset) {
    return (byte) (size == 0 ? -1 : offset);
  }

  /** The mode that the bytes were decoded for. */
  public MachineMode mode() {
    return mode;
  }

  @Override
  public long address() {
    return address;
  }

  /** Length in bytes, 1 to 15. */
  public int length() {
    return length;
  }

  /** Address of the next instruction, wrapped at the mode's width. */
  public long nextAddress() {
    return (address + length) & mode.addressMask();
  }

  /** A new array with the bytes. */
  public byte[] bytes() {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = byteAt(i);
    }
    return bytes;
  }

  /**
   * One of the bytes.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < length()}
   */
  public byte byteAt(int index) {
    Objects.checkIndex(index, length);
    return (byte) ((index < Long.BYTES ? lowBytes : highBytes) >>> (index * Byte.SIZE));
  }

  /** The mnemonic in the decoder's spelling, lower case: {@code jz}, not {@code je}. Interned. */
  public String mnemonic() {
    return mnemonic;
  }

  /** The decoder's category, upper case, such as {@code COND_BR}. Interned. */
  public String category() {
    return category;
  }

  /** How the opcode is wrapped. */
  public Encoding encoding() {
    return encoding;
  }

  /** The table in which {@link #opcode} is looked up. */
  public OpcodeMap opcodeMap() {
    return opcodeMap;
  }

  /** The opcode byte, 0 to 255, without prefixes and escapes. */
  public int opcode() {
    return opcode & 0xFF;
  }

  /** The reach of a branch. */
  public BranchType branchType() {
    return branchType;
  }

  /** Where execution goes next. */
  public Flow flow() {
    return flow;
  }

  /**
   * The condition of a {@link Flow#COND_RELATIVE} instruction.
   *
   * @throws IllegalStateException for any other flow
   */
  public Condition condition() {
    require(flow == Flow.COND_RELATIVE, "has no condition on the flags");
    return Condition.ofOpcode(opcode);
  }

  /** Effective operand width in bits: 8, 16, 32 or 64. */
  public int operandWidth() {
    return operandWidth;
  }

  /** Effective address width in bits: 16, 32 or 64. */
  public int addressWidth() {
    return addressWidth;
  }

  /** True for a LOCK prefix. */
  public boolean hasLock() {
    return hasAttribute(ZydisLayout.HAS_LOCK);
  }

  /** True for F3 where it repeats unconditionally, as before {@code movs}. */
  public boolean hasRep() {
    return hasAttribute(ZydisLayout.HAS_REP);
  }

  /** True for F3 where it repeats while equal, as before {@code cmps}. */
  public boolean hasRepe() {
    return hasAttribute(ZydisLayout.HAS_REPE);
  }

  /** True for F2 where it repeats while not equal. */
  public boolean hasRepne() {
    return hasAttribute(ZydisLayout.HAS_REPNE);
  }

  /**
   * How many bytes at the front are legacy prefixes or REX, 0 to 14; the escape bytes, VEX or EVEX,
   * or the opcode start there.
   */
  public int prefixCount() {
    return prefixCount;
  }

  /**
   * True when a byte stands among the prefixes, whether it has an effect, is part of the opcode (as
   * 66, F2, F3 of SSE instructions are) or is ignored.
   *
   * @param value the prefix, 0 to 255, such as 0x66
   */
  public boolean hasPrefix(int value) {
    for (int i = 0; i < prefixCount; i++) {
      if ((byteAt(i) & 0xFF) == value) {
        return true;
      }
    }
    return false;
  }

  /** True for a 66 byte among the {@linkplain #hasPrefix prefixes}. */
  public boolean hasOperandSizePrefix() {
    return hasPrefix(0x66);
  }

  /** True for a 67 byte among the {@linkplain #hasPrefix prefixes}. */
  public boolean hasAddressSizePrefix() {
    return hasPrefix(0x67);
  }

  /**
   * True when memory is addressed relative to the base of FS or GS by a prefix. An address like
   * {@link #ripRelativeTarget} is then an offset from that base.
   */
  public boolean hasFsOrGsPrefix() {
    return hasAttribute(ZydisLayout.HAS_SEGMENT_FS | ZydisLayout.HAS_SEGMENT_GS);
  }

  private boolean hasAttribute(long bits) {
    return (attributes & bits) != 0;
  }

  /** Offset of the ModRM byte, or -1. */
  public int modrmOffset() {
    return modrmOffset;
  }

  /** The ModRM byte, 0 to 255, or -1. */
  public int modrm() {
    return modrmOffset < 0 ? -1 : byteAt(modrmOffset) & 0xFF;
  }

  /**
   * The displacement of the memory operand as it stands in the bytes, sign-extended; 0 when there
   * is none. An 8-bit one of an EVEX instruction is not scaled.
   */
  public long displacement() {
    return displacement;
  }

  /** Size of the displacement in bytes: 0 (none), 1, 2, 4 or 8. */
  public int displacementSize() {
    return displacementSize;
  }

  /** Offset of the displacement, or -1. */
  public int displacementOffset() {
    return displacementOffset;
  }

  /** How many immediates there are: 0, 1 or 2. */
  public int immediateCount() {
    return firstSize == 0 ? 0 : secondSize == 0 ? 1 : 2;
  }

  /**
   * An immediate, in the order of the bytes.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < immediateCount()}
   */
  public Immediate immediate(int index) {
    return Objects.checkIndex(index, immediateCount()) == 0
        ? new Immediate(firstValue, firstSize, firstOffset, firstSigned, relative)
        : new Immediate(secondValue, secondSize, secondOffset, secondSigned, false);
  }

  /**
   * True when a memory operand is addressed by RIP or EIP plus {@link #displacement}: it means
   * something else at another address. Known by the ModRM byte, "mod 0, rm 5 with a 32-bit
   * displacement" in 64-bit mode; tests compare that with the decoder's operands.
   */
  public boolean ripRelative() {
    return ripRelative;
  }

  /** True when the base is EIP (a 67 prefix): the sum is truncated to 32 bits. */
  public boolean eipRelative() {
    return ripRelative && addressWidth == Integer.SIZE;
  }

  /**
   * The absolute address that a {@link #ripRelative} operand means; for {@link #eipRelative} below
   * 2³².
   *
   * @throws IllegalStateException unless {@link #ripRelative}
   */
  public long ripRelativeTarget() {
    require(ripRelative(), "has no RIP-relative operand");
    long target = nextAddress() + displacement;
    return eipRelative() ? target & 0xFFFF_FFFFL : target;
  }

  /** True when the instruction holds a branch displacement that counts from its end. */
  public boolean relativeBranch() {
    return relative;
  }

  /**
   * The absolute target of a {@link #relativeBranch}, wrapped at the width of the instruction
   * pointer: 64 bits in 64-bit mode, else 32, or 16 when a 66 prefix makes the branch a 16-bit one.
   *
   * <p>In 64-bit mode CPUs disagree about a 66 prefix before a near branch: this is Intel's
   * reading, which ignores it; AMD's reads and wraps at 16 bits. {@link #hasOperandSizePrefix}
   * tells.
   *
   * @throws IllegalStateException unless {@link #relativeBranch}
   */
  public long branchTarget() {
    require(relative, "is not a relative branch");
    long target = (nextAddress() + firstValue) & mode.addressMask();
    return truncatesTarget() ? target & 0xFFFF : target;
  }

  private boolean truncatesTarget() {
    return mode == MachineMode.BITS_32 && operandWidth == Short.SIZE && flow != Flow.XBEGIN;
  }

  /**
   * The general-purpose registers that may be read, memory addresses and implicit operands
   * included, as far as the decoder lists them: bit n is set for the register of hardware number n
   * (0 = rax, 4 = rsp, 15 = r15), whatever part of it is read. Decodes once more.
   */
  public int generalRegistersRead() {
    return OperandRegisters.of(this).read();
  }

  /** The general-purpose registers that may be written, as in {@link #generalRegistersRead}. */
  public int generalRegistersWritten() {
    return OperandRegisters.of(this).written();
  }

  private void require(boolean condition, String complaint) {
    if (!condition) {
      throw new IllegalStateException(this + " " + complaint);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Instruction that
        && mode == that.mode
        && address == that.address
        && length == that.length
        && lowBytes == that.lowBytes
        && highBytes == that.highBytes;
  }

  @Override
  public int hashCode() {
    return Objects.hash(mode, address, lowBytes, highBytes);
  }

  /** Address, bytes and mnemonic; {@link X86Decoder#format} gives the operands too. */
  @Override
  public String toString() {
    String hex = HexFormat.ofDelimiter(" ").formatHex(bytes());
    return "0x%x: %s (%s)".formatted(address, hex, mnemonic);
  }
}
