package io.github.optprobe.x86.plan;

import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;

/**
 * What stands in front of the code proper: {@code endbr64} and {@code endbr32}, where indirect
 * branches land (Intel SDM volume 1, 18.3), and NOPs, as {@code -fpatchable-function-entry} and
 * {@code -mnop-mcount} leave them.
 */
public final class EntryBytes {
  /** More than any compiler leaves; what is behind that is taken for something else. */
  private static final int MOST_PADDING = 256;

  private final X86Decoder decoder;
  private final TextReader original;

  /** Creates it over the original text. */
  public EntryBytes(X86Decoder decoder, TextReader original) {
    this.decoder = decoder;
    this.original = original;
  }

  /** Length of the landing mark at an address in bytes; 0 if there is none. */
  public int landingMark(long address) {
    byte[] code = new byte[Instruction.MAX_LENGTH];
    int count = original.read(address, code, 0, code.length);
    return decoder.decode(code, 0, count, address) instanceof Instruction instruction
            && isLandingMark(instruction)
        ? instruction.length()
        : 0;
  }

  /** Length of the NOPs at an address in bytes; 0 if there are none. */
  public int patchable(long address) {
    byte[] code = new byte[MOST_PADDING];
    int count = original.read(address, code, 0, code.length);
    int length = 0;
    while (decoder.decode(code, length, count - length, address + length)
            instanceof Instruction instruction
        && isNop(instruction)) {
      length += instruction.length();
    }
    return length;
  }

  static boolean isLandingMark(Instruction instruction) {
    return instruction.mnemonic().equals("endbr64") || instruction.mnemonic().equals("endbr32");
  }

  /** Whether it does nothing, whatever its length. */
  static boolean isNop(Instruction instruction) {
    return instruction.category().equals("NOP") || instruction.category().equals("WIDENOP");
  }
}
