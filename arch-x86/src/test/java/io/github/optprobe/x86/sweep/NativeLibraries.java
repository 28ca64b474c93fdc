package io.github.optprobe.x86.sweep;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The x86-64 libraries that this machine has of those that are swept. */
final class NativeLibraries {
  private static final String JNA = "/com/sun/jna/linux-x86-64/libjnidispatch.so";

  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/lib"));

  private NativeLibraries() {}

  /**
   * A library.
   *
   * @param name short, such as {@code libz}
   */
  record Found(String name, ElfLibrary image) {}

  /**
   * The libraries that are there; the one in JNA's jar always is.
   *
   * @param wanted names of libraries; all of them if it is empty
   */
  static List<Found> find(Set<String> wanted) {
    List<Found> found = new ArrayList<>();
    add(found, wanted, "jna", NativeLibraries::ofJna);
    for (String name : List.of("libz.so.1", "libc.so.6", "libstdc++.so.6", "libcrypto.so.3")) {
      inFolders(name).ifPresent(file -> add(found, wanted, shortName(name), () -> read(file)));
    }
    Path jvm = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
    if (Files.isReadable(jvm)) {
      add(found, wanted, "libjvm", () -> read(jvm));
    }
    return found;
  }

  private static void add(
      List<Found> found, Set<String> wanted, String name, Supplier<byte[]> file) {
    if (wanted.isEmpty() || wanted.contains(name)) {
      found.add(new Found(name, ElfLibrary.parse(name, file.get())));
    }
  }

  private static String shortName(String name) {
    return name.substring(0, name.indexOf('.'));
  }

  private static Optional<Path> inFolders(String name) {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isReadable)
        .findFirst();
  }

  private static byte[] ofJna() {
    try (InputStream in = Native.class.getResourceAsStream(JNA)) {
      if (in == null) {
        throw new IllegalStateException("JNA has no " + JNA);
      }
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
