package io.github.optprobe.testkit.elf;

/** The guest called an imported function that nobody defined. */
public final class UnresolvedImportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Its name. */
  private final String name;

  UnresolvedImportException(String name) {
    super("the guest called %s, which is not defined; use Imports.define".formatted(name));
    this.name = name;
  }

  /** The function's name, without a version. */
  public String name() {
    return name;
  }
}
