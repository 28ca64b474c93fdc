package io.github.optprobe.x86.plan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.scan.JumpAnalysis;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Decodes a range from its first byte to its last and notes where control may go. */
public final class CodeScanner {
  private final X86Decoder decoder;

  /** Creates a scanner. */
  public CodeScanner(X86Decoder decoder) {
    this.decoder = decoder;
  }

  /** Scans a range, without proving anything of indirect jumps; see {@link CodeScan}. */
  public CodeScan scan(TextReader original, AddressRange range) {
    CodeScan.Builder found = CodeScan.of(range);
    List<Instruction> indirect = new ArrayList<>();
    for (Instruction instruction : decode(original, range, found)) {
      if (instruction.flow() == Flow.JUMP_INDIRECT) {
        indirect.add(instruction);
      }
    }
    indirect.forEach(jump -> found.indirectJump(jump.address()));
    return found.build();
  }

  /** Scans a function, and proves where its indirect jumps lead as far as it can. */
  public CodeScan scan(TextReader original, ScanScope scope) {
    CodeScan.Builder found = CodeScan.of(scope.body());
    List<Instruction> instructions = decode(original, scope.body(), found);
    if (JumpAnalysis.isNeeded(scope, instructions, original, decoder.mode())) {
      JumpAnalysis.note(scope, instructions, original, decoder.mode(), found);
    }
    return found.build();
  }

  /** All instructions of a range; notes everything but indirect jumps. */
  private List<Instruction> decode(
      TextReader original, AddressRange range, CodeScan.Builder found) {
    List<Instruction> instructions = new ArrayList<>();
    SortedSet<Long> doubtful = new TreeSet<>(Long::compareUnsigned);
    byte[] code = new byte[(int) range.length()];
    int mapped = original.read(range.first(), code, 0, code.length);
    int offset = 0;
    while (offset < code.length) {
      long address = range.first() + offset;
      boolean addressable = (address & ~decoder.mode().addressMask()) == 0;
      if (addressable && decode(code, offset, mapped, address) instanceof Instruction instruction) {
        if (isBreakpointOnTheWay(instructions, instruction)) {
          doubtful.add(address);
        }
        note(found, instruction);
        instructions.add(instruction);
        offset += instruction.length();
      } else {
        doubtful.add(address);
        offset++;
      }
    }
    doubtful.addAll(new Disagreement(decoder, original, range).among(instructions));
    doubtful.forEach(found::undecodable);
    return instructions;
  }

  /**
   * Whether it is an {@code int3} that execution falls into, or the first of the range: it may be
   * somebody else's breakpoint, behind which nobody knows where instructions start, because it
   * hides the first byte of a longer one. Behind a jump, a return, a call, which may not return, or
   * another {@code int3} it is padding.
   */
  private static boolean isBreakpointOnTheWay(List<Instruction> before, Instruction instruction) {
    return instruction.mnemonic().equals("int3")
        && (before.isEmpty() || fallsThrough(before.get(before.size() - 1)));
  }

  private static boolean fallsThrough(Instruction instruction) {
    return switch (instruction.flow()) {
      case NEXT, COND_RELATIVE, LOOP_RELATIVE, XBEGIN -> true;
      default -> false;
    };
  }

  private Decoded decode(byte[] code, int offset, int mapped, long address) {
    return decoder.decode(code, offset, Math.max(mapped - offset, 0), address);
  }

  private static void note(CodeScan.Builder found, Instruction instruction) {
    long address = instruction.address();
    found.instruction(address);
    if (instruction.relativeBranch()) {
      found.branch(address, instruction.branchTarget());
    } else if (takesAddress(instruction)) {
      found.indirectBranch(address, instruction.ripRelativeTarget());
    }
    switch (instruction.flow()) {
      case FAR, UNKNOWN -> found.indirectJump(address);
      default -> {}
    }
  }

  /** What takes the address of code may jump there later, or have others do so. */
  private static boolean takesAddress(Instruction instruction) {
    return instruction.ripRelative() && instruction.mnemonic().equals("lea");
  }
}
