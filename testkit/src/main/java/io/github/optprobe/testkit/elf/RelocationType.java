package io.github.optprobe.testkit.elf;

import io.github.optprobe.elf.Machine;

/**
 * What the dynamic relocations of x86-64, x86-32 and 32-bit ARM ask for. For the last: ELF for the
 * Arm Architecture, 5.6.1 (Relocation codes).
 */
enum RelocationType {
  /** Nothing. */
  NONE,
  /** Base plus addend. */
  RELATIVE,
  /** Symbol plus addend. */
  ABSOLUTE,
  /** Symbol plus addend, from the place on. */
  PC_RELATIVE,
  /** Symbol. */
  ADDRESS,
  /** Everything else. */
  UNSUPPORTED;

  /** By the number in the file. */
  static RelocationType of(Machine machine, long type) {
    return switch (machine) {
      case X86_64 -> ofX86_64((int) type);
      case X86_32 -> ofI386((int) type);
      case ARM -> ofArm((int) type);
    };
  }

  private static RelocationType ofX86_64(int type) {
    return switch (type) {
      case 0 -> NONE;
      case 1 -> ABSOLUTE;
      case 6, 7 -> ADDRESS;
      case 8 -> RELATIVE;
      default -> UNSUPPORTED;
    };
  }

  private static RelocationType ofI386(int type) {
    return switch (type) {
      case 0 -> NONE;
      case 1 -> ABSOLUTE;
      case 2 -> PC_RELATIVE;
      case 6, 7 -> ADDRESS;
      case 8 -> RELATIVE;
      default -> UNSUPPORTED;
    };
  }

  private static RelocationType ofArm(int type) {
    return switch (type) {
      case 0 -> NONE;
      case 2 -> ABSOLUTE;
      case 3 -> PC_RELATIVE;
      case 21, 22 -> ADDRESS;
      case 23 -> RELATIVE;
      default -> UNSUPPORTED;
    };
  }

  /** The name that the processor supplement gives an unsupported type. */
  static String nameOf(Machine machine, long type) {
    return switch (machine) {
      case X86_64 -> nameOfX86_64((int) type);
      case X86_32 -> nameOfI386((int) type);
      case ARM -> nameOfArm((int) type);
    };
  }

  private static String nameOfX86_64(int type) {
    return switch (type) {
      case 5 -> "R_X86_64_COPY";
      case 16 -> "R_X86_64_DTPMOD64";
      case 17 -> "R_X86_64_DTPOFF64";
      case 18 -> "R_X86_64_TPOFF64";
      case 36 -> "R_X86_64_TLSDESC";
      case 37 -> "R_X86_64_IRELATIVE";
      default -> "of no name that is known here";
    };
  }

  private static String nameOfI386(int type) {
    return switch (type) {
      case 5 -> "R_386_COPY";
      case 14 -> "R_386_TLS_TPOFF";
      case 35 -> "R_386_TLS_DTPMOD32";
      case 36 -> "R_386_TLS_DTPOFF32";
      case 37 -> "R_386_TLS_TPOFF32";
      case 41 -> "R_386_TLS_DESC";
      case 42 -> "R_386_IRELATIVE";
      default -> "of no name that is known here";
    };
  }

  private static String nameOfArm(int type) {
    return switch (type) {
      case 13 -> "R_ARM_TLS_DESC";
      case 17 -> "R_ARM_TLS_DTPMOD32";
      case 18 -> "R_ARM_TLS_DTPOFF32";
      case 19 -> "R_ARM_TLS_TPOFF32";
      case 20 -> "R_ARM_COPY";
      case 160 -> "R_ARM_IRELATIVE";
      default -> "of no name that is known here";
    };
  }
}
