package io.github.optprobe.testkit.protocol;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.emulator.NamesOnlyArchitecture;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a few instructions of x86-64, with the lengths that the Intel SDM gives them, and patches
 * none: for protocols that are written by hand.
 */
final class FewInstructions extends NamesOnlyArchitecture {
  FewInstructions() {
    super("x86-64", 64, new RegisterFile(List.of("rsp", "rip"), "rip", "rsp"));
  }

  @Override
  public byte[] breakpoint() {
    return new byte[] {(byte) 0xCC};
  }

  @Override
  public boolean isBreakpoint(TextReader text, long address) {
    return text.readFully(address, 1)[0] == (byte) 0xCC;
  }

  @Override
  public int maxInstructionBytes() {
    return 10;
  }

  @Override
  public int maxWindowBytes() {
    return 14;
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    List<InstructionText> lines = new ArrayList<>();
    long at = range.first();
    while (range.contains(at)) {
      int length = (int) Math.min(length(text, at), range.last() + 1 - at);
      byte[] bytes = text.readFully(at, Math.max(1, length));
      lines.add(InstructionText.of(at, bytes, name(bytes[0])));
      at += bytes.length;
    }
    return lines;
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    CodeScan.Builder scan = CodeScan.of(range);
    long at = range.first();
    while (range.contains(at)) {
      int length = length(original, at);
      if (length == 0) {
        scan.undecodable(at);
        at++;
        continue;
      }
      scan.instruction(at);
      byte[] bytes = new byte[length];
      if (original.read(at, bytes, 0, length) == length) {
        branch(scan, at, bytes);
      }
      at += length;
    }
    return scan.build();
  }

  private static void branch(CodeScan.Builder scan, long at, byte[] bytes) {
    if (bytes[0] == (byte) 0xE9) {
      int distance = 0;
      for (int i = 4; i > 0; i--) {
        distance = distance << 8 | Byte.toUnsignedInt(bytes[i]);
      }
      scan.branch(at, at + bytes.length + distance);
    } else if (bytes[0] == (byte) 0xEB) {
      scan.branch(at, at + bytes.length + bytes[1]);
    }
  }

  private static String name(byte opcode) {
    return switch (Byte.toUnsignedInt(opcode)) {
      case 0x48 -> "movabs";
      case 0x83 -> "add";
      case 0x89 -> "mov";
      case 0x90 -> "nop";
      case 0xC3 -> "ret";
      case 0xCC -> "int3";
      case 0xE9, 0xEB -> "jmp";
      default -> "(bad)";
    };
  }

  private static int length(TextReader text, long at) {
    return switch (Byte.toUnsignedInt(text.readFully(at, 1)[0])) {
      case 0x48 -> 10;
      case 0x83 -> 3;
      case 0x89, 0xEB -> 2;
      case 0x90, 0xC3, 0xCC -> 1;
      case 0xE9 -> 5;
      default -> 0;
    };
  }
}
