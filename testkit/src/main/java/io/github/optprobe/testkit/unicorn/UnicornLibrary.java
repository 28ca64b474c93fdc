package io.github.optprobe.testkit.unicorn;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds libunicorn, once for the process, and checks its version. Thread-safe. */
final class UnicornLibrary {
  /** A system property with the path of the library, tried before everything else. */
  static final String PATH_PROPERTY = "optprobe.unicorn.library";

  private static final int WANTED_MAJOR = 2;

  private static volatile @Nullable NativeLibrary loaded;

  private UnicornLibrary() {}

  /**
   * Loads the library unless that has been done.
   *
   * @throws UnavailableLibraryException if it can not be used: always the same for the process
   */
  static void require() {
    if (Verdict.WHY_NOT.isPresent()) {
      throw new UnavailableLibraryException(Verdict.WHY_NOT.get());
    }
  }

  /**
   * A function of the library's that may be called in place of a hook on instructions: it looks at
   * its first argument, as at a number, and changes nothing.
   *
   * @throws IllegalStateException before {@link #require} has loaded the library
   */
  static long harmlessFunction() {
    NativeLibrary library = loaded;
    if (library == null) {
      throw new IllegalStateException("the library is not loaded");
    }
    return Pointer.nativeValue(library.getFunction("uc_arch_supported"));
  }

  private static Optional<String> tryToLoad() {
    List<String> tried = new ArrayList<>();
    try {
      for (String name : candidates()) {
        try {
          NativeLibrary library = NativeLibrary.getInstance(name);
          Native.register(UnicornCalls.class, library);
          loaded = library;
          return checkVersion(name);
        } catch (UnsatisfiedLinkError notThere) {
          tried.add(name + " (" + firstLine(notThere.getMessage()) + ")");
        }
      }
      return Optional.of("not found; tried " + tried);
    } catch (LinkageError noJna) {
      return Optional.of("JNA (net.java.dev.jna) can not be used: " + noJna);
    }
  }

  /** The versioned name first: the plain one exists only where development files are installed. */
  private static List<String> candidates() {
    String given = System.getProperty(PATH_PROPERTY);
    return given != null ? List.of(given) : List.of("libunicorn.so.2", "unicorn");
  }

  private static Optional<String> checkVersion(String name) {
    int version = UnicornCalls.uc_version(0, 0);
    // 2.0.1 answers major << 24 | minor << 16 | patch << 8; the header documents major << 8 |
    // minor.
    int major = version > 0xffff ? version >>> 24 : version >>> 8;
    return major == WANTED_MAJOR
        ? Optional.empty()
        : Optional.of("%s has version 0x%x, wanted %d.x".formatted(name, version, WANTED_MAJOR));
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "no reason given" : message.lines().findFirst().orElse("");
  }

  /** Initialised once, by whoever asks first. */
  private static final class Verdict {
    static final Optional<String> WHY_NOT = tryToLoad();
  }
}
