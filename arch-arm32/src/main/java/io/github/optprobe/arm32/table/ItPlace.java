package io.github.optprobe.arm32.table;

/** Where in an IT block an instruction may stand. */
enum ItPlace {
  /** Anywhere. */
  ANY,
  /** Not within one. */
  NONE,
  /** As the last one only. */
  LAST,
  /** As the last one only, if it writes PC. */
  LAST_IF_PC_WRITTEN;

  boolean allows(ItState it, boolean writesPc) {
    if (!it.inBlock() || this == ANY) {
      return true;
    }
    return this != NONE && (it.isLast() || (this == LAST_IF_PC_WRITTEN && !writesPc));
  }

  static ItPlace ofCode(String code) {
    return switch (code) {
      case "no" -> NONE;
      case "last" -> LAST;
      case "pclast" -> LAST_IF_PC_WRITTEN;
      default -> throw new IllegalArgumentException("no place in an IT block: " + code);
    };
  }
}
