package io.github.optprobe;

import java.util.HexFormat;

/**
 * The place in the text that a refusal is about.
 *
 * @param address its address
 * @param bytes what stands there in the original text, as hex pairs with blanks between; empty if
 *     nothing can be read
 * @param disassembly the instruction there, or a phrase in brackets if there is none
 */
public record Culprit(CodeAddress address, String bytes, String disassembly) {

  /** Creates a culprit from raw bytes. */
  public static Culprit of(CodeAddress address, byte[] bytes, String disassembly) {
    return new Culprit(address, HexFormat.ofDelimiter(" ").formatHex(bytes), disassembly);
  }

  @Override
  public String toString() {
    return "0x%x  %s  %s".formatted(address.value(), bytes, disassembly);
  }
}
