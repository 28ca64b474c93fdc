package io.github.optprobe.testkit.elf;

/** A relocation of a type that is not supported. */
public final class UnsupportedRelocationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The type. */
  private final long type;

  UnsupportedRelocationException(
      String file, long type, String typeName, long offset, String symbol) {
    super(
        "%s: relocation type %d (%s) at offset 0x%x%s is not supported"
            .formatted(file, type, typeName, offset, symbol.isEmpty() ? "" : " for " + symbol));
    this.type = type;
  }

  /** The type, as the processor supplement numbers it. */
  public long type() {
    return type;
  }
}
