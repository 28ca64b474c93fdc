package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Walks over code from its first word to its last. */
final class Scanner {
  private final Xlen xlen;
  private final TextReader text;

  Scanner(Xlen xlen, TextReader text) {
    this.xlen = xlen;
    this.text = text;
  }

  CodeScan scan(AddressRange range) {
    CodeScan.Builder found = CodeScan.of(range);
    for (long offset = 0; offset < range.length(); offset += Instruction.BYTES) {
      long address = range.first() + offset;
      Optional<Instruction> instruction = at(address).filter(it -> isWithin(range, it));
      instruction.ifPresentOrElse(it -> note(it, found), () -> found.undecodable(address));
    }
    return found.build();
  }

  private Optional<Instruction> at(long address) {
    return xlen.instructionSet().isAligned(address)
        ? Instruction.at(xlen, text, address)
        : Optional.empty();
  }

  private static boolean isWithin(AddressRange range, Instruction it) {
    return range.contains(AddressRange.ofLength(it.address(), Instruction.BYTES));
  }

  /**
   * A {@code jalr} that keeps no return address is a return if it goes where calls put theirs, and
   * may lead anywhere if not. Manual, 2.5.1, has the hints that say so.
   */
  private static void note(Instruction it, CodeScan.Builder found) {
    found.instruction(it.address());
    if (it.isBranch() || it.opcode() == Opcode.JAL) {
      found.branch(it.address(), it.target());
    } else if (it.opcode() == Opcode.JALR && !Register.isLink(it.rd()) && !isReturn(it)) {
      found.indirectJump(it.address());
    }
  }

  private static boolean isReturn(Instruction it) {
    return it.rd() == 0 && Register.isLink(it.rs1());
  }

  List<InstructionText> disassemble(AddressRange range) {
    List<InstructionText> lines = new ArrayList<>();
    long address = range.first();
    int length;
    do {
      InstructionText line = line(address);
      lines.add(line);
      length = line.length();
      address += length;
    } while (length > 0 && range.contains(address));
    return lines;
  }

  private InstructionText line(long address) {
    return at(address).map(Instruction::line).orElseGet(() -> noInstruction(address));
  }

  private InstructionText noInstruction(long address) {
    byte[] bytes = new byte[Instruction.BYTES];
    int count = text.read(address, bytes, 0, bytes.length);
    int offset = (int) (address % Instruction.BYTES);
    if (count == 0) {
      return new InstructionText(address, 0, "", "(not mapped)");
    }
    if (offset != 0) {
      int toTheNext = Math.min(count, Instruction.BYTES - offset);
      return InstructionText.of(address, Arrays.copyOf(bytes, toTheNext), "(misaligned)");
    }
    String what = count < bytes.length ? "(truncated)" : "(bad)";
    return InstructionText.of(address, Arrays.copyOf(bytes, count), what);
  }
}
