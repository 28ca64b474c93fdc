package io.github.optprobe.examples.riscv;

import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Code in the making. How long it is is known before it is known where it will lie; what it refers
 * to says where it may lie. Not thread-safe.
 */
final class Code {
  /** How far a {@code jal} leads. Manual, 2.5.1. */
  static final int JUMP_BACKWARD = 1 << 20;

  static final int JUMP_FORWARD = (1 << 20) - 2;

  /** How far {@code auipc} and {@code addi} lead together: manual, 2.4.2 and 2.4.1. */
  private static final long ADDRESS_BACKWARD = (1L << 31) + (1 << 11);

  private static final long ADDRESS_FORWARD = (1L << 31) - (1 << 11) - 1;

  private final Xlen xlen;
  private final List<Word> words = new ArrayList<>();
  private Optional<AddressRange> reach;
  private long farthest;

  /** A word whose bits may depend on its address. */
  private interface Word {
    int at(long address);
  }

  Code(Xlen xlen) {
    this.xlen = xlen;
    reach = Optional.of(xlen.instructionSet().addresses());
  }

  /** How many bytes there are by now. */
  int bytes() {
    return words.size() * Instruction.BYTES;
  }

  Code word(int word) {
    words.add(address -> word);
    return this;
  }

  /** A jump to an address, in one instruction. */
  Code jump(long target) {
    limit(target, JUMP_FORWARD, JUMP_BACKWARD);
    words.add(address -> Asm.jump((int) (target - address)));
    return this;
  }

  /** Loads an address, as a distance from here, in two instructions. */
  Code address(int rd, long target) {
    if (xlen == Xlen.RV64) {
      limit(target, ADDRESS_FORWARD, ADDRESS_BACKWARD);
    }
    words.add(address -> Asm.auipc(rd, rounded((int) (target - address))));
    words.add(address -> Asm.addi(rd, rd, (int) (target - (address - Instruction.BYTES))));
    return this;
  }

  /** Loads a number, in as many instructions as it takes. */
  Code constant(int rd, long value) {
    long number = xlen.signed(value);
    if (number == (int) number) {
      word(Asm.lui(rd, rounded((int) number)));
      Opcode add = xlen == Xlen.RV64 ? Opcode.ADDIW : Opcode.ADDI;
      return word(Asm.immediate(add, rd, rd, (int) number));
    }
    long low = number << 52 >> 52;
    constant(rd, (number - low) >> 12);
    word(Asm.immediate(Opcode.SLLI, rd, rd, 12));
    return word(Asm.addi(rd, rd, (int) low));
  }

  /** What is left for {@code lui} or {@code auipc} if {@code addi} adds the low 12 bits, signed. */
  private static int rounded(int value) {
    return (value + 0x800) & 0xffff_f000;
  }

  /** The next word lies at most so far in front of and behind the target. */
  private void limit(long target, long inFront, long behind) {
    int offset = bytes();
    farthest = target;
    reach =
        reach.flatMap(
            all -> all.intersect(AddressRange.around(target, inFront + offset, behind - offset)));
  }

  /** Where all of it may lie, so that everything is in reach; empty if nowhere. */
  Optional<AddressRange> reach() {
    return reach.map(this::startingIn);
  }

  private AddressRange startingIn(AddressRange starts) {
    AddressRange all = xlen.instructionSet().addresses();
    long room = all.last() - starts.last();
    long behind = bytes() - 1L;
    long last = Long.compareUnsigned(room, behind) < 0 ? all.last() : starts.last() + behind;
    return new AddressRange(starts.first(), last);
  }

  /** What it referred to last: that which is out of reach if {@link #reach} is empty. */
  long farthest() {
    return farthest;
  }

  /** Its bytes, if it starts at an address. */
  byte[] at(long start) {
    ByteBuffer bytes = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (Word word : words) {
      bytes.putInt(word.at(start + bytes.position()));
    }
    return bytes.array();
  }
}
