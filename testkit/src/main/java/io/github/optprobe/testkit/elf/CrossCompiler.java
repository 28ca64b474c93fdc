package io.github.optprobe.testkit.elf;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A C compiler of the machine, GCC or one with its options, that makes shared libraries to probe.
 * What needs one asks with {@link #find} and says what is not tested where there is none. Immutable
 * and thread-safe.
 */
public final class CrossCompiler {
  private final Path program;

  private CrossCompiler(Path program) {
    this.program = program;
  }

  /**
   * The first of some programs that stands in a directory of the environment's {@code PATH}.
   *
   * @param programs such as {@code "arm-linux-gnueabihf-gcc"}
   */
  public static Optional<CrossCompiler> find(String... programs) {
    return Stream.of(programs).flatMap(CrossCompiler::onPath).findFirst().map(CrossCompiler::new);
  }

  private static Stream<Path> onPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable);
  }

  /** Where the compiler is. */
  public Path program() {
    return program;
  }

  /**
   * Compiles and links a source.
   *
   * @param source in C
   * @param options for the compiler; what makes a shared library is among them
   * @return the bytes of what the linker wrote
   * @throws CompilerException if the compiler objects, with what it said
   * @throws UncheckedIOException if the compiler can not be run, or no file can be written
   */
  public byte[] compile(String source, List<String> options) {
    try {
      Path directory = Files.createTempDirectory("compile");
      try {
        return compile(source, options, directory);
      } finally {
        delete(directory);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private byte[] compile(String source, List<String> options, Path directory) throws IOException {
    Path input = directory.resolve("source.c");
    Path output = directory.resolve("library.so");
    Files.writeString(input, source);
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(options);
    command.addAll(List.of("-o", output.toString(), input.toString()));
    run(command);
    return Files.readAllBytes(output);
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = exitCode(process);
    if (code != 0) {
      throw new CompilerException(command, code, said);
    }
  }

  private static int exitCode(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException interrupted) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the compiler ran", interrupted);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  @Override
  public String toString() {
    return "CrossCompiler[" + program + "]";
  }
}
