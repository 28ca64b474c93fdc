package io.github.optprobe.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code optprobe demo}: probes on the zlib of this very process, where that can be had, and on
 * real functions of real libraries, run in an emulator on the bytes of a real file. Every line that
 * it prints behind "ok" is computed.
 */
@Command(
    name = "demo",
    description =
        "Put probes on the zlib of this process, and on functions of libz and of native libraries"
            + " for x86 and ARM in an emulator, and watch them.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  /** Enough for every loop to turn thousands of times, and for traces to take seconds. */
  private static final int MOST_BYTES = 8192;

  private static final List<String> LIBZ_DIRECTORIES =
      List.of("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64");

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file whose bytes are used; without one, the library's own.")
  private @Nullable Path file;

  @Option(
      names = "--libz",
      paramLabel = "FILE",
      description = "The libz to probe; without it, the machine's own.")
  private @Nullable Path libz;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws IOException {
    Claims claims = new Claims(out);
    runLive(claims);
    Optional<Path> library = libz == null ? machinesLibz() : Optional.of(libz);
    if (library.isPresent()) {
      Path path = library.get();
      byte[] data = firstBytes(file == null ? path : file);
      out.printf("libz: %s, on %d bytes of %s%n%n", path, data.length, file == null ? path : file);
      try (Subject subject = ZlibSubject.load(path, data)) {
        new Demo(subject, claims, out).run();
      }
    } else {
      out.printf("no libz.so.1 for x86-64 in %s: left out%n%n", LIBZ_DIRECTORIES);
    }
    byte[] library2 = JnaSubject.library();
    byte[] data = file == null ? Arrays.copyOf(library2, MOST_BYTES) : firstBytes(file);
    out.printf("libjnidispatch of the JNA jar, on %d bytes%n%n", data.length);
    try (Subject subject = JnaSubject.load(library2, data)) {
      new Demo(subject, claims, out).run();
    }
    byte[] armLibrary = JnaSubject.armLibrary();
    byte[] armData = file == null ? Arrays.copyOf(armLibrary, MOST_BYTES) : data;
    out.printf("libjnidispatch of the JNA jar for ARM (A32), on %d bytes%n%n", armData.length);
    try (Subject subject = JnaSubject.loadArm(armLibrary, armData)) {
      new Demo(subject, claims, out).run();
    }
    out.printf("a sample library for ARM (Thumb), on %d bytes%n%n", armData.length);
    try (Subject subject = ThumbSubject.load(armData)) {
      new Demo(subject, claims, out).run();
    }
    claims.printTotal();
    return claims.allHeld() ? 0 : 1;
  }

  private void runLive(Claims claims) throws IOException {
    try {
      new LiveDemo(claims, out).run(file == null ? LiveDemoCommand.javasOwn() : file);
    } catch (UnsupportedOperationException notHere) {
      out.printf("this process: left out. %s%n%n", notHere.getMessage());
    }
  }

  private static Optional<Path> machinesLibz() {
    Stream<Path> candidates = LIBZ_DIRECTORIES.stream().map(each -> Path.of(each, "libz.so.1"));
    return candidates.filter(Files::isReadable).findFirst();
  }

  private static byte[] firstBytes(Path path) throws IOException {
    byte[] all = Files.readAllBytes(path);
    return Arrays.copyOf(all, Math.min(all.length, MOST_BYTES));
  }
}
