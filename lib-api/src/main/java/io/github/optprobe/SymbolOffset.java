package io.github.optprobe;

/**
 * A place named by a symbol and an offset. Immutable and thread-safe.
 *
 * @param module the library or file that the symbol is in, as the resolver calls it; empty if the
 *     symbol is looked for in all
 * @param symbol its name
 * @param offset bytes from the symbol's address on, not negative
 */
public record SymbolOffset(String module, String symbol, long offset) implements ProbePlace {

  /**
   * Creates a place.
   *
   * @throws IllegalArgumentException if the name is empty or the offset negative
   */
  public SymbolOffset {
    if (symbol.isEmpty()) {
      throw new IllegalArgumentException("a symbol needs a name");
    }
    if (offset < 0) {
      throw new IllegalArgumentException("the offset of a symbol is not negative: " + offset);
    }
  }

  /** A place in whichever module has the symbol. */
  public SymbolOffset(String symbol, long offset) {
    this("", symbol, offset);
  }

  /** {@code module:symbol+0xoffset}. */
  @Override
  public String toString() {
    return (module.isEmpty() ? "" : module + ":") + "%s+0x%x".formatted(symbol, offset);
  }
}
