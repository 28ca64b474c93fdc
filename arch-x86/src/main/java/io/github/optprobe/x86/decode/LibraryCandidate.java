package io.github.optprobe.x86.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place where the decoder's library may be.
 *
 * @param place the place, in words for an error message
 * @param opener loads the library found there
 */
record LibraryCandidate(String place, Opener opener) {
  /** Names the library file to use, and forbids any other; see {@link ZydisLibrary}. */
  static final String PROPERTY = "optprobe.zydis.library";

  /** Loads one library; says in the exception's message why it can't. */
  @FunctionalInterface
  interface Opener {
    NativeLibrary open() throws IOException;
  }

  /**
   * The places to try, in order.
   *
   * @param property the value of the system property {@link #PROPERTY}, or null
   */
  static List<LibraryCandidate> inOrder(@Nullable String property) {
    if (property != null) {
      return List.of(file(property));
    }
    List<LibraryCandidate> candidates = new ArrayList<>();
    candidates.add(bundled(LibraryCandidate.class.getClassLoader()));
    candidates.add(named("libZydis.so.4.1"));
    candidates.add(named("libZydis.so.4.0"));
    candidates.add(named("Zydis"));
    return candidates;
  }

  /** The file of that absolute path, as given by the system property. */
  static LibraryCandidate file(String path) {
    return new LibraryCandidate(
        "file " + path + " (system property " + PROPERTY + ")", () -> openFile(path));
  }

  private static NativeLibrary openFile(String path) throws IOException {
    Path file = Path.of(path);
    if (!file.isAbsolute()) {
      throw new IOException("the path must be absolute");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("no such file");
    }
    return NativeLibrary.getInstance(path);
  }

  /** The resource that a jar with natives carries, extracted by JNA. */
  static LibraryCandidate bundled(ClassLoader loader) {
    String resource = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("Zydis");
    return new LibraryCandidate("resource " + resource, () -> openResource(loader, resource));
  }

  private static NativeLibrary openResource(ClassLoader loader, String resource)
      throws IOException {
    if (loader.getResource(resource) == null) {
      throw new IOException("not bundled in this jar");
    }
    File file = Native.extractFromResourcePath("/" + resource, loader);
    try {
      return NativeLibrary.getInstance(file.getAbsolutePath());
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(ZydisLibrary.reason(e) + ZydisLibrary.TEMP_DIRECTORY_HINT, e);
    }
  }

  /** What the system's loader finds under a name, in {@code jna.library.path} first. */
  static LibraryCandidate named(String name) {
    return new LibraryCandidate("system library " + name, () -> NativeLibrary.getInstance(name));
  }
}
