package io.github.optprobe.testkit.elf;

/** What the dynamic relocations of x86-64 and x86-32 ask for. */
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

  /**
   * By the number in the file.
   *
   * @param wordBytes 8 for x86-64, 4 for x86-32
   */
  static RelocationType of(int wordBytes, long type) {
    return wordBytes == Long.BYTES ? ofX86_64((int) type) : ofI386((int) type);
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

  /** The name that the processor supplement gives an unsupported type. */
  static String nameOf(int wordBytes, long type) {
    return wordBytes == Long.BYTES ? nameOfX86_64((int) type) : nameOfI386((int) type);
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
}
