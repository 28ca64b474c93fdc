package io.github.optprobe.elf;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.TextReader;
import java.util.Optional;

/**
 * A direct branch in ARM code, read from its encoding: the loader has to know which ones are calls,
 * and into which instruction set. Arm Architecture Reference Manual, ARMv7-A, A8.8.18 (B), A8.8.25
 * (BL, BLX immediate), A8.8.29 (CBZ).
 *
 * @param to where it leads, a plain address
 * @param set the instruction set of the code there
 * @param call whether it leaves the address behind it in LR
 */
record ArmBranch(long to, InstructionSet set, boolean call) {
  private static final int A32_PC = 8;
  private static final int T32_PC = 4;

  /** The branch at an address, if what stands there is one. */
  static Optional<ArmBranch> at(InstructionSet set, TextReader text, long address) {
    return set.equals(ArmSets.T32) ? t32(text, address) : a32(text, address);
  }

  private static Optional<ArmBranch> a32(TextReader text, long address) {
    int word = halfword(text, address) | halfword(text, address + 2) << 16;
    if ((word & 0x0E00_0000) != 0x0A00_0000) {
      return Optional.empty();
    }
    boolean exchanges = word >>> 28 == 0xF;
    boolean linked = (word & 0x0100_0000) != 0;
    long to = address + A32_PC + (word << 8 >> 6) + (exchanges && linked ? 2 : 0);
    return branch(to, exchanges ? ArmSets.T32 : ArmSets.A32, exchanges || linked);
  }

  private static Optional<ArmBranch> t32(TextReader text, long address) {
    int first = halfword(text, address);
    long pc = address + T32_PC;
    if ((first & 0xF800) == 0xE000) {
      return jump(pc + (first << 21 >> 20));
    }
    if ((first & 0xF000) == 0xD000 && (first & 0x0E00) != 0x0E00) {
      return jump(pc + (first << 24 >> 23));
    }
    if ((first & 0xF500) == 0xB100) {
      return jump(pc + ((first & 0x200) >> 3 | (first & 0xF8) >> 2));
    }
    return (first & 0xF800) == 0xF000
        ? wide(pc, first, halfword(text, address + 2))
        : Optional.empty();
  }

  private static Optional<ArmBranch> wide(long pc, int first, int second) {
    return switch (second & 0xD000) {
      case 0xD000 -> branch(pc + far(first, second), ArmSets.T32, true);
      case 0xC000 -> branch((pc & -4) + (far(first, second) & -4), ArmSets.A32, true);
      case 0x9000 -> jump(pc + far(first, second));
      case 0x8000 -> conditional(pc, first, second);
      default -> Optional.empty();
    };
  }

  /** Not a branch if its condition is one of the two that are none. */
  private static Optional<ArmBranch> conditional(long pc, int first, int second) {
    if ((first & 0x0380) == 0x0380) {
      return Optional.empty();
    }
    int high = (first & 0x400) << 10 | (second & 0x800) << 8 | (second & 0x2000) << 5;
    int offset = high | (first & 0x3F) << 12 | (second & 0x7FF) << 1;
    return jump(pc + (offset << 11 >> 11));
  }

  /** S:I1:I2:imm10:imm11:0, where I1 and I2 are the inverses of J1 and J2 if S is 0. */
  private static int far(int first, int second) {
    int sign = first >> 10 & 1;
    int i1 = (second >> 13 & 1) == sign ? 1 : 0;
    int i2 = (second >> 11 & 1) == sign ? 1 : 0;
    int offset = sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1;
    return offset << 7 >> 7;
  }

  private static Optional<ArmBranch> jump(long to) {
    return branch(to, ArmSets.T32, false);
  }

  private static Optional<ArmBranch> branch(long to, InstructionSet set, boolean call) {
    return Optional.of(new ArmBranch(to & 0xFFFF_FFFFL, set, call));
  }

  /** 0, which is no branch in either set, where nothing is mapped. */
  private static int halfword(TextReader text, long address) {
    byte[] bytes = new byte[2];
    int count = text.read(address, bytes, 0, bytes.length);
    return count == bytes.length ? (bytes[0] & 0xFF) | (bytes[1] & 0xFF) << 8 : 0;
  }
}
