package io.github.optprobe.live.safety;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs a program of these tests, because the end of it is what is looked at. */
final class ChildJvm {
  private static final long PATIENCE_SECONDS = 60;

  private ChildJvm() {}

  /**
   * How it ended.
   *
   * @param status what the process ended with; 128 and the number for a signal
   * @param output what it printed
   */
  record Ended(int status, String output) {}

  /** Runs a program and waits until it has ended. */
  static Ended run(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/stdout"));
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    passOn(command);
    command.addAll(List.of("-cp", classPath(program), program.getName()));
    command.addAll(List.of(arguments));
    try {
      Path output = Files.createTempFile("child", ".txt");
      try {
        return run(command, output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Ended run(List<String> command, Path output) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("it does not end: " + read(output));
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
    return new Ended(process.exitValue(), read(output));
  }

  private static String read(Path output) throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  /** Whatever says how this JVM does things. */
  private static void passOn(List<String> command) {
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("optprobe.") || name.startsWith("jna.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
  }

  /** On the module path the tests' own classes are in neither path. */
  private static String classPath(Class<?> program) {
    Set<String> all = new LinkedHashSet<>();
    for (String name : List.of("java.class.path", "jdk.module.path")) {
      all.addAll(List.of(System.getProperty(name, "").split(File.pathSeparator)));
    }
    all.add(root(program).toString());
    all.remove("");
    return String.join(File.pathSeparator, all);
  }

  private static Path root(Class<?> program) {
    String file = program.getName().replace('.', '/') + ".class";
    try {
      Path path = Path.of(Objects.requireNonNull(program.getResource("/" + file)).toURI());
      for (int i = 0; i < Path.of(file).getNameCount(); i++) {
        path = Objects.requireNonNull(path.getParent());
      }
      return path;
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
