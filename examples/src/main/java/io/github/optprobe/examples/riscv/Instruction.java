package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.TextReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * One decoded instruction. Immutable.
 *
 * @param xlen the width of registers
 * @param address where it stands
 * @param word its 32 bits
 * @param opcode which one it is
 */
record Instruction(Xlen xlen, long address, int word, Opcode opcode) {
  static final int BYTES = 4;

  /** Decodes a word; empty if it is no instruction. */
  static Optional<Instruction> decode(Xlen xlen, long address, int word) {
    for (Opcode opcode : Opcode.values()) {
      if (opcode.matches(word, xlen)) {
        return Optional.of(new Instruction(xlen, address, word, opcode));
      }
    }
    return Optional.empty();
  }

  /** Decodes what stands at an address; empty if it is no instruction, or not mapped. */
  static Optional<Instruction> at(Xlen xlen, TextReader text, long address) {
    byte[] bytes = new byte[BYTES];
    return text.read(address, bytes, 0, BYTES) == BYTES
        ? decode(xlen, address, wordOf(bytes))
        : Optional.empty();
  }

  /** Instructions are little-endian in memory. Manual, 1.5. */
  static int wordOf(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  static byte[] bytesOf(int word) {
    return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(word).array();
  }

  byte[] bytes() {
    return bytesOf(word);
  }

  int rd() {
    return word >>> 7 & 31;
  }

  int rs1() {
    return word >>> 15 & 31;
  }

  int rs2() {
    return word >>> 20 & 31;
  }

  /** The immediate, sign-extended, of the formats that have one. Manual, 2.3. */
  int immediate() {
    return switch (opcode.format()) {
      case STORE -> word >> 25 << 5 | rd();
      case UPPER -> word & 0xffff_f000;
      case BRANCH ->
          (word >> 31 << 12)
              | ((word & 0x80) << 4)
              | ((word >>> 25 & 0x3f) << 5)
              | ((word >>> 8 & 15) << 1);
      case JUMP ->
          (word >> 31 << 20)
              | (word & 0xf_f000)
              | ((word >>> 20 & 1) << 11)
              | ((word >>> 21 & 0x3ff) << 1);
      default -> word >> 20;
    };
  }

  /** The address that the program counter plus the immediate is. */
  long target() {
    return xlen.unsigned(address + immediate());
  }

  /** The address behind it. */
  long next() {
    return xlen.unsigned(address + BYTES);
  }

  /**
   * Whether its result depends on where it stands. {@code auipc} and {@code jalr} write only into
   * rd what does, and what is written into x0 is lost.
   */
  boolean dependsOnItsPlace() {
    return switch (opcode) {
      case AUIPC, JALR -> rd() != 0;
      default -> opcode == Opcode.JAL || isBranch();
    };
  }

  boolean isBranch() {
    return opcode.format() == Format.BRANCH;
  }

  /** Whether it may go on elsewhere than behind it. */
  boolean isTransfer() {
    return isBranch() || opcode == Opcode.JAL || opcode == Opcode.JALR;
  }

  InstructionText line() {
    return InstructionText.of(address, bytes(), Syntax.text(this));
  }
}
