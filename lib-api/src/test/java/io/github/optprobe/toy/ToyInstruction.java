package io.github.optprobe.toy;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.Locale;
import java.util.Optional;

/** One decoded instruction. */
final class ToyInstruction {
  private final long address;
  private final ToyOp op;
  private final byte[] bytes;

  ToyInstruction(long address, ToyOp op, byte[] bytes) {
    this.address = address;
    this.op = op;
    this.bytes = bytes.clone();
  }

  long address() {
    return address;
  }

  ToyOp op() {
    return op;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** What decoding an address came to. */
  enum Failure {
    UNMAPPED,
    TRUNCATED,
    UNDECODABLE,
    NONE
  }

  static Failure failureAt(TextReader text, long address) {
    byte[] bytes = new byte[4];
    int count = text.read(address, bytes, 0, bytes.length);
    if (count == 0) {
      return Failure.UNMAPPED;
    }
    Optional<ToyOp> op = ToyOp.of(bytes[0]);
    if (op.isEmpty()) {
      return Failure.UNDECODABLE;
    }
    return op.get().length() > count ? Failure.TRUNCATED : Failure.NONE;
  }

  static Optional<ToyInstruction> at(TextReader text, long address) {
    if (failureAt(text, address) != Failure.NONE) {
      return Optional.empty();
    }
    ToyOp op = ToyOp.of(text.readFully(address, 1)[0]).orElseThrow();
    return Optional.of(new ToyInstruction(address, op, text.readFully(address, op.length())));
  }

  int length() {
    return bytes.length;
  }

  long next() {
    return (address + bytes.length) & 0xFFFF;
  }

  AddressRange range() {
    return AddressRange.ofLength(address, bytes.length);
  }

  /** The operand, unsigned. */
  int operand() {
    return switch (bytes.length) {
      case 1 -> 0;
      case 2 -> bytes[1] & 0xFF;
      default -> (bytes[1] & 0xFF) | (bytes[2] & 0xFF) << 8;
    };
  }

  /** The address that the operand stands for. */
  long target() {
    return op.isRelative() ? (next() + (byte) operand()) & 0xFFFF : operand();
  }

  InstructionText text() {
    String name = op.name().toLowerCase(Locale.ROOT);
    boolean place = op.isRelative() || op.isBranch() || op == ToyOp.LDA;
    String operand = place ? "0x%x".formatted(target()) : "%d".formatted(operand());
    return InstructionText.of(address, bytes, bytes.length == 1 ? name : name + " " + operand);
  }

  @Override
  public String toString() {
    return text().toString();
  }
}
