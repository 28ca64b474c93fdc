package io.github.optprobe.arm32.decode;

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
record CapstoneCandidate(String place, Opener opener) {
  /** Names the library file to use, and forbids any other; see {@link CapstoneLibrary}. */
  static final String PROPERTY = "optprobe.capstone.library";

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
  static List<CapstoneCandidate> inOrder(@Nullable String property) {
    if (property != null) {
      return List.of(file(property));
    }
    List<CapstoneCandidate> candidates = new ArrayList<>();
    candidates.add(bundled(CapstoneCandidate.class.getClassLoader()));
    candidates.add(named("libcapstone.so.4"));
    candidates.add(named("libcapstone.so.5"));
    candidates.add(named("capstone"));
    return candidates;
  }

  /** The file of that absolute path, as given by the system property. */
  static CapstoneCandidate file(String path) {
    return new CapstoneCandidate(
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

  /**
   * The resource that the capstone dependency's jar carries, extracted by JNA. Its directory's name
   * has a hyphen, so it is no package, and a module does not hide it from other modules.
   */
  static CapstoneCandidate bundled(ClassLoader loader) {
    String resource = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("capstone");
    return new CapstoneCandidate("resource " + resource, () -> openResource(loader, resource));
  }

  private static NativeLibrary openResource(ClassLoader loader, String resource)
      throws IOException {
    if (loader.getResource(resource) == null) {
      throw new IOException("in no jar (com.github.zhkl0228:capstone has it)");
    }
    File file = Native.extractFromResourcePath("/" + resource, loader);
    try {
      return NativeLibrary.getInstance(file.getAbsolutePath());
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(CapstoneLibrary.reason(e) + CapstoneLibrary.TEMP_DIRECTORY_HINT, e);
    }
  }

  /** What the system's loader finds under a name, in {@code jna.library.path} first. */
  static CapstoneCandidate named(String name) {
    return new CapstoneCandidate("system library " + name, () -> NativeLibrary.getInstance(name));
  }
}
