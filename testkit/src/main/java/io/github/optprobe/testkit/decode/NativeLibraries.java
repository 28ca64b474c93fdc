package io.github.optprobe.testkit.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a native library: a file that a property names, the system's, or one inside a jar. */
final class NativeLibraries {
  private NativeLibraries() {}

  /** Whether a library that was found will do; if not, why. */
  @FunctionalInterface
  interface Check {
    @Nullable String objection(NativeLibrary library);
  }

  /**
   * The first library that will do.
   *
   * @param property names a file; if it is set nothing else is tried
   * @param names the system's names, the best first
   * @param resource the name of the library in jars, without prefix and suffix
   * @throws DecoderUnavailableException if there is none: the message says what was tried
   */
  static NativeLibrary find(String property, List<String> names, String resource, Check check) {
    List<String> tried = new ArrayList<>();
    String given = System.getProperty(property);
    for (String name : given != null ? List.of(given) : names) {
      NativeLibrary library = open(name, name, check, tried);
      if (library != null) {
        return library;
      }
    }
    NativeLibrary bundled = given != null ? null : fromJar(resource, check, tried);
    if (bundled != null) {
      return bundled;
    }
    throw new DecoderUnavailableException(
        "no usable %s; tried %s. Install it, or name its file by -D%s=FILE"
            .formatted(resource, tried, property));
  }

  private static @Nullable NativeLibrary fromJar(String resource, Check check, List<String> tried) {
    String path = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName(resource);
    ClassLoader loader = NativeLibraries.class.getClassLoader();
    if (loader.getResource(path) == null) {
      tried.add(path + " (in no jar)");
      return null;
    }
    try {
      File file = Native.extractFromResourcePath("/" + path, loader);
      return open(file.getAbsolutePath(), path, check, tried);
    } catch (IOException e) {
      tried.add(path + " (" + e.getMessage() + ")");
      return null;
    }
  }

  private static @Nullable NativeLibrary open(
      String name, String place, Check check, List<String> tried) {
    try {
      NativeLibrary library = NativeLibrary.getInstance(name);
      String objection = check.objection(library);
      if (objection == null) {
        return library;
      }
      tried.add(place + " (" + objection + ")");
    } catch (UnsatisfiedLinkError e) {
      String message = String.valueOf(e.getMessage());
      tried.add(place + " (" + message.lines().findFirst().orElse("") + ")");
    }
    return null;
  }
}
