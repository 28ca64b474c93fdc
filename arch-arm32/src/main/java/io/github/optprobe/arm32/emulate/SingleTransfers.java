package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.List;

/**
 * Loads and stores of one register or a pair, in all encodings. Source: A5.2.8 and A5.3 for A32,
 * A6.2.4 and A6.3.6 to A6.3.9 for T32.
 */
final class SingleTransfers {
  private static final int DOUBLEWORDS_OF_T32 = 0b1110100;

  private SingleTransfers() {}

  static Effect of(Instruction instruction) {
    Bits bits = Bits.of(instruction);
    if (instruction.set() == ArmSet.A32) {
      return bits.has(26) ? wordOrByte(bits) : other(bits);
    }
    return instruction.length() == Short.BYTES ? narrowLiteral(bits) : wide(bits);
  }

  private static Effect wordOrByte(Bits bits) {
    SecondOperand offset =
        bits.has(25) ? ShiftedRegister.ofA32(bits) : Constant.plain(bits.number(11, 0));
    Width width = bits.has(22) ? Width.BYTE : Width.WORD;
    return transfer(bits.has(20), Indexing.of(bits, offset), width, single(bits));
  }

  /** Halfwords, signed bytes and doublewords of A32, by bit L and bits 6:5. */
  private static Effect other(Bits bits) {
    Indexing indexing = Indexing.of(bits, otherOffset(bits));
    boolean loads = bits.has(20);
    return switch (bits.number(6, 5)) {
      case 1 -> transfer(loads, indexing, Width.HALFWORD, single(bits));
      case 2 ->
          loads
              ? new Load(indexing, Width.SIGNED_BYTE, single(bits))
              : new Load(indexing, Width.WORD, pair(bits));
      default ->
          loads
              ? new Load(indexing, Width.SIGNED_HALFWORD, single(bits))
              : new Store(indexing, Width.WORD, pair(bits));
    };
  }

  private static SecondOperand otherOffset(Bits bits) {
    return bits.has(22)
        ? Constant.plain(bits.number(11, 8) << 4 | bits.number(3, 0))
        : ShiftedRegister.plain(bits.number(3, 0));
  }

  private static List<Integer> single(Bits bits) {
    return List.of(bits.number(15, 12));
  }

  private static List<Integer> pair(Bits bits) {
    int first = bits.number(15, 12);
    return List.of(first, first + 1);
  }

  private static Effect narrowLiteral(Bits bits) {
    int offset = bits.number(7, 0) * Integer.BYTES;
    Indexing indexing = Indexing.plain(ArmRegisters.PC, offset, true);
    return new Load(indexing, Width.WORD, List.of(bits.number(10, 8)));
  }

  /** Those of T32 are loads: of a literal, or into PC. */
  private static Effect wide(Bits bits) {
    if (bits.number(31, 25) == DOUBLEWORDS_OF_T32) {
      Indexing indexing = Indexing.of(bits, Constant.plain(bits.number(7, 0) * Integer.BYTES));
      return new Load(indexing, Width.WORD, List.of(bits.number(15, 12), bits.number(11, 8)));
    }
    return new Load(Indexing.ofWide(bits), wideWidth(bits), single(bits));
  }

  private static Width wideWidth(Bits bits) {
    boolean isSigned = bits.has(24);
    return switch (bits.number(22, 21)) {
      case 0 -> isSigned ? Width.SIGNED_BYTE : Width.BYTE;
      case 1 -> isSigned ? Width.SIGNED_HALFWORD : Width.HALFWORD;
      default -> Width.WORD;
    };
  }

  private static Effect transfer(
      boolean loads, Indexing indexing, Width width, List<Integer> registers) {
    return loads ? new Load(indexing, width, registers) : new Store(indexing, width, registers);
  }
}
