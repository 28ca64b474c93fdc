package io.github.optprobe.arm32;

import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Decoded;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns text into lines. Words that an instruction in front of them loads are shown as data. What
 * is no instruction becomes a line of as many bytes as the set's instructions are aligned to, or of
 * none.
 */
final class Disassembler {
  private static final int LONGEST = 4;

  private final ArmDecoder decoder;
  private final Set<Long> literals = new HashSet<>();
  private ItState it = ItState.OUTSIDE;

  Disassembler(ArmDecoder decoder) {
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
    byte[] bytes = new byte[LONGEST];
    int count = text.read(address, bytes, 0, bytes.length);
    if (count == 0) {
      return new InstructionText(address, 0, "", "(not mapped)");
    }
    if (literals.contains(address) && count == LONGEST) {
      return InstructionText.of(address, bytes, ".word 0x%08x".formatted(word(bytes)));
    }
    if (!decoder.set().instructionSet().isAligned(address)) {
      return InstructionText.of(address, Arrays.copyOf(bytes, 1), "(misaligned)");
    }
    Decoded decoded = decoder.decode(bytes, 0, count, address, it);
    return decoded instanceof Instruction instruction
        ? line(instruction)
        : InstructionText.of(address, Arrays.copyOf(bytes, count), "(truncated)");
  }

  private InstructionText line(Instruction instruction) {
    boolean refused = instruction.objection() != null;
    it = refused ? it.advanced() : instruction.nextIt();
    if (instruction.hasLiteral()) {
      literals.add(instruction.literal());
    }
    return InstructionText.of(
        instruction.address(), instruction.bytes(), decoder.format(instruction));
  }

  private static int word(byte[] bytes) {
    int word = 0;
    for (int i = 0; i < LONGEST; i++) {
      word |= (bytes[i] & 0xFF) << (i * Byte.SIZE);
    }
    return word;
  }
}
