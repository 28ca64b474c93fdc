package io.github.optprobe.testkit.ptrace;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/** Says whether this host is one whose layouts are known here, and binds the C library. */
public final class PtraceLibrary {
  private PtraceLibrary() {}

  /** Why processes can not be traced here; empty if they can, as far as can be said in advance. */
  public static Optional<String> whyNot() {
    return Verdict.WHY_NOT;
  }

  private static Optional<String> load() {
    String os = System.getProperty("os.name", "");
    String arch = System.getProperty("os.arch", "");
    if (!os.equals("Linux") || !arch.equals("amd64")) {
      return Optional.of(
          "a traced child needs Linux on x86-64, this is %s on %s".formatted(os, arch));
    }
    try {
      Native.register(PtraceCalls.class, NativeLibrary.getInstance("c"));
      return Optional.empty();
    } catch (LinkageError noJna) {
      return Optional.of("JNA (net.java.dev.jna) or the C library can not be used: " + noJna);
    }
  }

  /** Initialised once, by whoever asks first. */
  private static final class Verdict {
    static final Optional<String> WHY_NOT = load();
  }
}
