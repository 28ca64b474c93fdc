package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.LiveAgent;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The files that the other JVM reads: the agent's jar and the request. They lie in a directory that
 * nobody but the user can look into, and are deleted with it.
 */
final class AgentFiles implements AutoCloseable {
  private final Path directory;
  private final Path jar;
  private final Path request;

  private AgentFiles(Path directory) {
    this.directory = directory;
    jar = directory.resolve("agent.jar");
    request = directory.resolve("request");
  }

  /** Writes them. */
  static AgentFiles write(Properties request) throws IOException {
    AgentFiles files =
        new AgentFiles(
            Files.createTempDirectory(
                "optprobe-live",
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------"))));
    files.writeJar();
    files.writeRequest(request);
    return files;
  }

  String jar() {
    return jar.toString();
  }

  String request() {
    return request.toString();
  }

  /** One class: the rest is loaded from where this command itself has it. */
  private void writeJar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Agent-Class", LiveAgent.class.getName());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream agent =
            Objects.requireNonNull(
                LiveAgent.class.getResourceAsStream(LiveAgent.class.getSimpleName() + ".class"))) {
      out.putNextEntry(new JarEntry(LiveAgent.class.getName().replace('.', '/') + ".class"));
      agent.transferTo(out);
    }
  }

  private void writeRequest(Properties properties) throws IOException {
    List<Path> classPath = classPath();
    properties.setProperty(
        LiveAgent.CLASS_PATH, String.join("\n", classPath.stream().map(Path::toString).toList()));
    properties.setProperty(LiveAgent.CLASS_PATH_VERSION, version(classPath));
    try (Writer out = Files.newBufferedWriter(request, StandardOpenOption.CREATE_NEW)) {
      properties.store(out, null);
    }
  }

  private static List<Path> classPath() {
    return Stream.of("java.class.path", "jdk.module.path")
        .map(property -> System.getProperty(property, ""))
        .flatMap(paths -> Arrays.stream(paths.split(File.pathSeparator, -1)))
        .filter(path -> !path.isEmpty())
        .map(path -> Path.of(path).toAbsolutePath())
        .filter(Files::exists)
        .toList();
  }

  /** Another one when a file was built anew. */
  private static String version(List<Path> classPath) throws IOException {
    StringBuilder times = new StringBuilder();
    for (Path each : classPath) {
      times.append(Files.getLastModifiedTime(each).toMillis()).append(' ');
    }
    return times.toString();
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(jar);
    Files.deleteIfExists(request);
    Files.deleteIfExists(directory);
  }
}
