package io.github.optprobe.testkit.elf;

/** The dynamic relocations of x86-64. */
final class RelocationType {
  static final int NONE = 0;
  static final int ABSOLUTE_64 = 1;
  static final int GLOB_DAT = 6;
  static final int JUMP_SLOT = 7;
  static final int RELATIVE = 8;

  private RelocationType() {}

  static String nameOf(long type) {
    return switch ((int) type) {
      case 5 -> "R_X86_64_COPY";
      case 16 -> "R_X86_64_DTPMOD64";
      case 17 -> "R_X86_64_DTPOFF64";
      case 18 -> "R_X86_64_TPOFF64";
      case 36 -> "R_X86_64_TLSDESC";
      case 37 -> "R_X86_64_IRELATIVE";
      default -> "of no name that is known here";
    };
  }
}
