package io.github.optprobe.x86.plan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;

/** Decodes a range from its first byte to its last and notes where control may go. */
public final class CodeScanner {
  private final X86Decoder decoder;

  /** Creates a scanner. */
  public CodeScanner(X86Decoder decoder) {
    this.decoder = decoder;
  }

  /** Scans a range; see {@link CodeScan}. */
  public CodeScan scan(TextReader original, AddressRange range) {
    CodeScan.Builder found = CodeScan.of(range);
    byte[] code = new byte[(int) range.length()];
    int mapped = original.read(range.first(), code, 0, code.length);
    int offset = 0;
    while (offset < code.length) {
      long address = range.first() + offset;
      boolean addressable = (address & ~decoder.mode().addressMask()) == 0;
      if (addressable && decode(code, offset, mapped, address) instanceof Instruction instruction) {
        note(found, instruction);
        offset += instruction.length();
      } else {
        found.undecodable(address);
        offset++;
      }
    }
    return found.build();
  }

  private Decoded decode(byte[] code, int offset, int mapped, long address) {
    return decoder.decode(code, offset, Math.max(mapped - offset, 0), address);
  }

  private static void note(CodeScan.Builder found, Instruction instruction) {
    long address = instruction.address();
    found.instruction(address);
    if (instruction.relativeBranch()) {
      found.branch(address, instruction.branchTarget());
    }
    switch (instruction.flow()) {
      case JUMP_INDIRECT, FAR, UNKNOWN -> found.indirectJump(address);
      default -> {}
    }
  }
}
