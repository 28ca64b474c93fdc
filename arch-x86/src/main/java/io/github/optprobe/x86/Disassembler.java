package io.github.optprobe.x86;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns text into lines. What is no instruction becomes a line of one byte, or of none. */
final class Disassembler {
  private final X86Decoder decoder;

  Disassembler(X86Decoder decoder) {
    this.decoder = decoder;
  }

  List<InstructionText> disassemble(TextReader text, AddressRange range) {
    List<InstructionText> lines = new ArrayList<>();
    long address = range.first();
    while (range.contains(address)) {
      InstructionText line = line(text, address);
      lines.add(line);
      if (line.length() == 0) {
        break;
      }
      address += line.length();
    }
    return lines;
  }

  private InstructionText line(TextReader text, long address) {
    byte[] bytes = new byte[Instruction.MAX_LENGTH];
    int count = text.read(address, bytes, 0, bytes.length);
    if (count == 0) {
      return new InstructionText(address, 0, "", "(not mapped)");
    }
    Decoded decoded = decoder.decode(bytes, 0, count, address);
    return decoded instanceof Instruction instruction
        ? InstructionText.of(address, instruction.bytes(), readable(decoder.format(instruction)))
        : InstructionText.of(address, Arrays.copyOf(bytes, 1), "(bad)");
  }

  /** Addresses without their leading zeros. */
  private static String readable(String text) {
    return text.replaceAll("0x0+(?=[0-9A-F])", "0x");
  }
}
