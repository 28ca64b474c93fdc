package io.github.optprobe.x86.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;

/**
 * Tells what linkers and compilers fill up with, {@code int3} and no-operations of every length,
 * from other bytes.
 */
public final class PaddingReader {
  private final X86Decoder decoder;
  private final TextReader original;

  /** Creates a reader of the original text. */
  public PaddingReader(X86Decoder decoder, TextReader original) {
    this.decoder = decoder;
    this.original = original;
  }

  /**
   * Whether a gap is padding, all of it in whole instructions, that nobody comes to from above.
   *
   * @param last the instruction in front of the gap
   */
  public boolean isUnreached(CodeAddress last, AddressRange gap) {
    Decoded before = decode(last.value(), Instruction.MAX_LENGTH);
    return before instanceof Instruction instruction
        && instruction.nextAddress() == gap.first()
        && !goesOn(instruction)
        && isPadding(gap);
  }

  /** A call may return; everything but these is taken to go on. */
  private static boolean goesOn(Instruction instruction) {
    return switch (instruction.flow()) {
      case JUMP_RELATIVE, JUMP_INDIRECT, RETURN -> false;
      default -> !instruction.mnemonic().equals("ud2");
    };
  }

  private boolean isPadding(AddressRange gap) {
    long at = gap.first();
    long end = gap.last() + 1;
    while (at != end) {
      long left = Math.min(end - at, Instruction.MAX_LENGTH);
      if (!(decode(at, (int) left) instanceof Instruction instruction) || !fillsUp(instruction)) {
        return false;
      }
      at += instruction.length();
    }
    return true;
  }

  private static boolean fillsUp(Instruction instruction) {
    return instruction.mnemonic().equals("int3") || EntryBytes.isNop(instruction);
  }

  private Decoded decode(long address, int most) {
    byte[] bytes = new byte[most];
    int count = original.read(address, bytes, 0, most);
    return decoder.decode(bytes, 0, count, address);
  }
}
