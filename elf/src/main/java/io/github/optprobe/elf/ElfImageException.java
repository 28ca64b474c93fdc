package io.github.optprobe.elf;

import org.jspecify.annotations.Nullable;

/** A file can not be loaded: it is no ELF file, or of a kind or with a content not supported. */
public final class ElfImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A file that can not be read or loaded.
   *
   * @param file its name
   * @param why goes on after the name, as in {@code "is no ELF file"}
   */
  public ElfImageException(String file, String why) {
    this(file, why, null);
  }

  ElfImageException(String file, String why, @Nullable Throwable cause) {
    super("%s: %s".formatted(file, why), cause);
  }
}
