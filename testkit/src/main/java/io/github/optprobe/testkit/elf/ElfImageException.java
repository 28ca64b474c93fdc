package io.github.optprobe.testkit.elf;

import org.jspecify.annotations.Nullable;

/** A file can not be loaded: it is no ELF file, or of a kind or with a content not supported. */
public final class ElfImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ElfImageException(String file, String why) {
    this(file, why, null);
  }

  ElfImageException(String file, String why, @Nullable Throwable cause) {
    super("%s: %s".formatted(file, why), cause);
  }
}
