package io.github.optprobe.x86.decode;

/** The fields of an instruction in one line, for comparing them with what they should be. */
final class FieldSummary {
  private FieldSummary() {}

  /**
   * Such as {@code cmp len=7 LEGACY/ONE_BYTE:83 modrm@1=3d disp@2+4=0x10 imm@6+1=0x7 NEXT rip}.
   * Displacements and immediates are written offset+size=value.
   */
  static String of(Instruction instruction) {
    StringBuilder line = new StringBuilder(80);
    line.append(
        "%s len=%d %s/%s:%02x"
            .formatted(
                instruction.mnemonic(),
                instruction.length(),
                instruction.encoding(),
                instruction.opcodeMap(),
                instruction.opcode()));
    appendOperandBytes(line, instruction);
    line.append(' ').append(instruction.flow());
    if (instruction.ripRelative()) {
      line.append(instruction.eipRelative() ? " eip" : " rip");
    }
    return line.toString();
  }

  private static void appendOperandBytes(StringBuilder line, Instruction instruction) {
    if (instruction.modrmOffset() >= 0) {
      line.append(" modrm@%d=%02x".formatted(instruction.modrmOffset(), instruction.modrm()));
    }
    if (instruction.displacementSize() > 0) {
      appendNumber(
          line,
          "disp",
          instruction.displacementOffset(),
          instruction.displacementSize(),
          instruction.displacement());
    }
    for (int i = 0; i < instruction.immediateCount(); i++) {
      Immediate immediate = instruction.immediate(i);
      String name = immediate.relative() ? "rel" : immediate.signed() ? "simm" : "imm";
      appendNumber(line, name, immediate.offset(), immediate.size(), immediate.value());
    }
  }

  private static void appendNumber(
      StringBuilder line, String name, int offset, int size, long value) {
    line.append(" %s@%d+%d=0x%x".formatted(name, offset, size, value));
  }
}
