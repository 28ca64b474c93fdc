package io.github.optprobe.x86.sweep;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import java.util.List;

/**
 * What registers should hold for some instructions to find memory: pointers where they are bases,
 * small numbers where they are indices.
 */
final class AddressHints {
  private static final int RBX = 3;
  private static final int RBP = 5;
  private static final int RSI = 6;
  private static final int RDI = 7;
  private static final int RSP = 4;

  /** Displacements up to this reach data from its middle. */
  private static final long NEAR = 0x700;

  private final boolean[] base = new boolean[16];
  private final boolean[] index = new boolean[16];
  private final long[] pointer = new long[16];

  AddressHints(List<Instruction> instructions) {
    instructions.forEach(this::note);
  }

  /** Whether a register is used as a base. */
  boolean isBase(int register) {
    return base[register];
  }

  /** Whether a register is used as an index, and as no base. */
  boolean isIndex(int register) {
    return index[register] && !base[register];
  }

  /** What a base register has to be for its operand to be in the middle of the data. */
  long pointer(int register) {
    return pointer[register];
  }

  private void note(Instruction instruction) {
    switch (instruction.category()) {
      case "STRINGOP" -> {
        base(RSI, 0);
        base(RDI, 0);
      }
      case "MISC" -> {
        base(instruction.mnemonic().equals("leave") ? RBP : RBX, 0);
      }
      default -> {}
    }
    int modrm = instruction.modrm();
    if (modrm >= 0 && modrm >> 6 != 3 && !instruction.ripRelative()) {
      operand(instruction, modrm);
    }
  }

  private void operand(Instruction instruction, int modrm) {
    int extension = extension(instruction);
    int high = (extension & 1) << 3;
    int rm = modrm & 7;
    if (rm != RSP) {
      base(rm | high, instruction.displacement());
      return;
    }
    int sib = instruction.byteAt(instruction.modrmOffset() + 1) & 0xff;
    int indexed = ((sib >> 3) & 7) | ((extension & 2) << 2);
    if (indexed != RSP) {
      index[indexed] = true;
    }
    if ((sib & 7) != RBP || modrm >> 6 != 0) {
      base((sib & 7) | high, instruction.displacement());
    }
  }

  /** Bit 0: the base's highest bit, bit 1: the index's. */
  private static int extension(Instruction instruction) {
    int at = instruction.prefixCount();
    if (instruction.encoding() == Encoding.LEGACY) {
      int last = at == 0 ? 0 : instruction.byteAt(at - 1) & 0xff;
      return (last & 0xf0) == 0x40 ? last & 3 : 0;
    }
    boolean shortVex = (instruction.byteAt(at) & 0xff) == 0xc5;
    return shortVex ? 0 : (~instruction.byteAt(at + 1) >> 5) & 3;
  }

  private void base(int register, long displacement) {
    if (!base[register]) {
      base[register] = true;
      pointer[register] = Sandbox.MIDDLE - (Math.abs(displacement) > NEAR ? displacement : 0);
    }
  }
}
