package io.github.optprobe.arch;

import java.util.HexFormat;

/**
 * One line of a disassembly.
 *
 * @param address where it stands
 * @param length its length in bytes
 * @param bytes its bytes in memory order, as hex pairs with blanks between
 * @param text mnemonic and operands, targets resolved; a phrase in brackets if it does not decode
 */
public record InstructionText(long address, int length, String bytes, String text) {

  /** Creates a line from raw bytes. */
  public static InstructionText of(long address, byte[] bytes, String text) {
    return new InstructionText(
        address, bytes.length, HexFormat.ofDelimiter(" ").formatHex(bytes), text);
  }
}
