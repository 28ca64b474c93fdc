package io.github.optprobe.elf;

/** Unwind information that is broken, or of a kind that is not supported. */
public final class DwarfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long address;

  DwarfException(long address, String why) {
    super("unwind information at 0x%x: %s".formatted(address, why));
    this.address = address;
  }

  /** Where it stands, as an address in the library before it is moved to its base. */
  public long address() {
    return address;
  }
}
