package io.github.optprobe.arm32.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Decoded;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.text.TextReader;
import java.util.Arrays;

/** Reads single instructions from text; what is none, or may not be probed, is refused. */
public final class InstructionReader {
  private static final int LONGEST = 4;

  private final ArmDecoder decoder;
  private final TextReader original;

  /** Creates a reader of the original text. */
  public InstructionReader(ArmDecoder decoder, TextReader original) {
    this.decoder = decoder;
    this.original = original;
  }

  /**
   * Reads the instruction at an address.
   *
   * @param it its place in an IT block
   * @throws RefusedException if there is none, or one that may not be probed
   */
  Instruction read(CodeAddress address, ItState it) {
    byte[] bytes = new byte[LONGEST];
    int count = original.read(address.value(), bytes, 0, addressable(address));
    Decoded decoded = decoder.decode(bytes, 0, count, address.value(), it);
    if (!(decoded instanceof Instruction instruction)) {
      throw new RefusedException(incomplete(address, Arrays.copyOf(bytes, count)));
    }
    Objection objection = instruction.objection();
    if (objection != null) {
      throw new RefusedException(refusal(instruction, objection));
    }
    return instruction;
  }

  /** No instruction goes on behind the last address. */
  private static int addressable(CodeAddress address) {
    long behind = address.instructionSet().addresses().last() - address.value();
    return (int) Math.min(behind + 1, LONGEST);
  }

  private static Refusal incomplete(CodeAddress address, byte[] bytes) {
    return bytes.length == 0
        ? new Refusal.Unmapped(Culprit.of(address, bytes, "(not mapped)"))
        : new Refusal.Truncated(Culprit.of(address, bytes, "(truncated)"));
  }

  private Refusal refusal(Instruction instruction, Objection objection) {
    Culprit culprit = culprit(instruction);
    boolean breakpoint = Breakpoints.isBreakpoint(instruction);
    return breakpoint ? new Refusal.ForeignBreakpoint(culprit) : Rule.refusal(objection, culprit);
  }

  /** Describes an instruction. */
  Culprit culprit(Instruction instruction) {
    CodeAddress address =
        new CodeAddress(instruction.address(), instruction.set().instructionSet());
    return Culprit.of(address, instruction.bytes(), decoder.format(instruction));
  }

  /** Whether a number of bytes can be read at an address. */
  boolean isReadable(long address, int bytes) {
    return original.read(address, new byte[bytes], 0, bytes) == bytes;
  }
}
