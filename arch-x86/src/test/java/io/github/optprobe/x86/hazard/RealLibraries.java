package io.github.optprobe.x86.hazard;

import io.github.optprobe.elf.ElfLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The shared libraries for x86-64 that this machine has: in its usual places, and inside jars. */
final class RealLibraries {
  private static final List<String> DIRECTORIES =
      List.of("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64");
  private static final String INSIDE_JNA = "/com/sun/jna/linux-x86-64/libjnidispatch.so";

  private RealLibraries() {}

  /** A library of the system, by file name. */
  static Optional<Path> system(String name) {
    return DIRECTORIES.stream()
        .map(directory -> Path.of(directory, name))
        .filter(Files::isReadable)
        .findFirst();
  }

  /** The virtual machine that runs this test. */
  static Optional<Path> jvm() {
    return Stream.of("lib/server/libjvm.so")
        .map(name -> Path.of(System.getProperty("java.home"), name))
        .filter(Files::isReadable)
        .findFirst();
  }

  /** The library in the jar of JNA, as a file in a directory. */
  static Path jna(Path directory) {
    Path file = directory.resolve("libjnidispatch.so");
    try (InputStream in = com.sun.jna.Native.class.getResourceAsStream(INSIDE_JNA)) {
      Files.write(file, in.readAllBytes());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return file;
  }

  static ElfLibrary read(Path file) {
    return ElfLibrary.read(file);
  }
}
