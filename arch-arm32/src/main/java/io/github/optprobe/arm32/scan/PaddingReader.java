package io.github.optprobe.arm32.scan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Decoded;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.Optional;

/**
 * Tells what linkers and compilers fill up with, NOPs of every form, zeros and UDF, from other
 * bytes. Thread-safe if the text is.
 */
public final class PaddingReader {
  private final ArmDecoder decoder;
  private final TextReader original;

  /** Creates a reader of the original text. */
  public PaddingReader(ArmDecoder decoder, TextReader original) {
    this.decoder = decoder;
    this.original = original;
  }

  /**
   * Whether a gap is padding, all of it in whole instructions or zeros, that nobody comes to from
   * above.
   *
   * @param last the instruction in front of the gap
   */
  public boolean isUnreached(CodeAddress last, AddressRange gap) {
    ItPosition position =
        decoder.set().instructionSet().alignment() == Short.BYTES
            ? ItBlocks.of(original, Optional.empty(), last.value())
            : new ItPosition(true, ItState.OUTSIDE);
    return position.known()
        && decode(last.value(), Integer.BYTES, position.state()) instanceof Instruction instruction
        && instruction.nextAddress() == gap.first()
        && !goesOn(instruction)
        && isPadding(gap);
  }

  /** A call may return; everything but a sure branch elsewhere is taken to go on. */
  private static boolean goesOn(Instruction instruction) {
    return switch (Flow.of(instruction)) {
      case JUMP, INDIRECT, TRAP -> Flow.mayBeSkipped(instruction);
      default -> true;
    };
  }

  private boolean isPadding(AddressRange gap) {
    long at = gap.first();
    long end = gap.last() + 1;
    while (at != end) {
      int left = (int) Math.min(end - at, Integer.BYTES);
      if (!decoder.set().instructionSet().isAligned(at)
          || !(decode(at, left, ItState.OUTSIDE) instanceof Instruction instruction)
          || !Fill.isFill(instruction)) {
        return false;
      }
      at += instruction.length();
    }
    return true;
  }

  private Decoded decode(long address, int most, ItState it) {
    byte[] bytes = new byte[most];
    int count = original.read(address, bytes, 0, most);
    return decoder.decode(bytes, 0, count, address, it);
  }
}
