package io.github.optprobe.arm32.decode;

import org.jspecify.annotations.Nullable;

/**
 * Where a version of Capstone keeps the fields that we read: byte offsets on 64-bit hosts. Checked
 * at load time by {@link SelfCheck}.
 *
 * @param instructionSize size of {@code cs_insn}
 * @param mnemonic offset of the mnemonic in it
 * @param operands offset of the operands' text in it
 */
record CapstoneLayout(int instructionSize, int mnemonic, int operands) {
  /** Offset of the length in {@code cs_insn}, in all versions. */
  static final int LENGTH = 16;

  /** Bytes that the mnemonic takes at most. */
  static final int MNEMONIC_SIZE = 32;

  /** Bytes that the operands' text takes at most. */
  static final int OPERANDS_SIZE = 160;

  /** Elements of an array that {@code cs_regs_access} fills. */
  static final int MAX_REGISTERS = 64;

  // cs_arch, cs_mode, cs_opt_type, cs_opt_value, cs_group_type
  static final int ARCH_ARM = 0;
  static final int MODE_ARM = 0;
  static final int MODE_THUMB = 1 << 4;
  static final int OPTION_DETAIL = 2;
  static final long ON = 3;
  static final int GROUP_JUMP = 1;
  static final int GROUP_CALL = 2;

  private static final CapstoneLayout VERSION_4 = new CapstoneLayout(240, 34, 66);
  private static final CapstoneLayout VERSION_5 = new CapstoneLayout(248, 42, 74);

  /** The layout of a version, or null for one that nobody has measured. */
  static @Nullable CapstoneLayout of(CapstoneVersion version) {
    if (version.minor() != 0) {
      return null;
    }
    return switch (version.major()) {
      case 4 -> VERSION_4;
      case 5 -> VERSION_5;
      default -> null;
    };
  }
}
