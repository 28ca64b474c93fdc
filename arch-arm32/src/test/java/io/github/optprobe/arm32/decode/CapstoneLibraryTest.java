package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.jna.Platform;
import io.github.optprobe.arm32.DecoderUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapstoneLibraryTest {
  private static final HostModel LP64 = new HostModel(8, 8, true);

  private final Path directory;

  CapstoneLibraryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void loadingHappensOnce() {
    assertThat(CapstoneEngine.get()).isSameAs(CapstoneEngine.get());
  }

  @Test
  void failureToLoadIsToldToEveryCallerWithItsOwnStackTrace() {
    CapstoneEngine.Outcome outcome =
        CapstoneEngine.Outcome.of(
            () -> {
              throw new DecoderUnavailableException("the reason");
            });

    DecoderUnavailableException first = failureOf(outcome);
    DecoderUnavailableException second = failureOf(outcome);

    assertThat(first).hasMessage("the reason").isNotSameAs(second);
    assertThat(second).hasMessage("the reason");
  }

  private static DecoderUnavailableException failureOf(CapstoneEngine.Outcome outcome) {
    return assertThatExceptionOfType(DecoderUnavailableException.class)
        .isThrownBy(outcome::engine)
        .actual();
  }

  @Test
  void missingFileIsNamedWithTheReasonAndTheRemedy() {
    Path missing = directory.resolve("libMissing.so");

    assertThat(failure(CapstoneCandidate.file(missing.toString())))
        .contains("version 4.0 or 5.0")
        .contains("file " + missing + " (system property optprobe.capstone.library): no such file")
        .contains("com.github.zhkl0228:capstone")
        .contains("-Doptprobe.capstone.library=");
  }

  @Test
  void relativePathIsRefused() {
    assertThat(failure(CapstoneCandidate.file("lib/libcapstone.so"))).contains("must be absolute");
  }

  @Test
  void fileThatIsNoLibraryIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("libText.so"), "not a library");

    assertThat(failure(CapstoneCandidate.file(text.toString())))
        .contains(text + " (system property")
        .doesNotContain("no such file")
        .doesNotContain("Unable to load library"); // JNA's heading, not the reason
  }

  @Test
  void extractedLibraryThatDoesNotLoadHasTheHintAtNoexec() throws Exception {
    String resource = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("capstone");
    Path file = directory.resolve(resource);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "not a library");
    URL[] classPath = {directory.toUri().toURL()};

    try (URLClassLoader loader = new URLClassLoader(classPath, null)) {
      assertThat(failure(CapstoneCandidate.bundled(loader)))
          .contains("resource " + resource)
          .contains("jna.tmpdir");
    }
  }

  @Test
  void unusableCandidateIsSkippedForTheNext() {
    CapstoneLibrary current = CapstoneEngine.get().library();
    CapstoneCandidate broken =
        new CapstoneCandidate(
            "there",
            () -> {
              throw new IOException("broken");
            });
    CapstoneCandidate usable = new CapstoneCandidate("here", current::library);

    CapstoneLibrary opened = CapstoneLibrary.open(LP64, List.of(broken, usable));

    assertThat(opened.place()).isEqualTo("here");
    assertThat(opened.layout()).isEqualTo(current.layout());
  }

  @Test
  void placesAreTriedInOrder() {
    assertThat(CapstoneCandidate.inOrder("/nowhere/libcapstone.so"))
        .extracting(CapstoneCandidate::place)
        .containsExactly(
            "file /nowhere/libcapstone.so (system property optprobe.capstone.library)");
    assertThat(CapstoneCandidate.inOrder(null))
        .extracting(CapstoneCandidate::place)
        .satisfiesExactly(
            place -> assertThat(place).startsWith("resource "),
            place -> assertThat(place).isEqualTo("system library libcapstone.so.4"),
            place -> assertThat(place).isEqualTo("system library libcapstone.so.5"),
            place -> assertThat(place).isEqualTo("system library capstone"));
  }

  @Test
  void absentResourceIsInNoJar() {
    ClassLoader empty = ClassLoader.getPlatformClassLoader();

    assertThat(failure(CapstoneCandidate.bundled(empty))).contains("in no jar");
  }

  @ParameterizedTest
  @CsvSource({"4, 0, true", "5, 0, true", "4, 1, false", "3, 0, false", "6, 0, false"})
  void otherVersionsHaveNoLayout(int major, int minor, boolean known) {
    CapstoneVersion version = CapstoneVersion.ofPacked(major << 8 | minor);

    assertThat(version).hasToString(major + "." + minor);
    assertThat(CapstoneLayout.of(version) != null).isEqualTo(known);
  }

  @ParameterizedTest
  @CsvSource({"4, 4, true", "8, 4, true", "8, 8, false"})
  void otherDataModelsAreRefused(int pointer, int size, boolean littleEndian) {
    HostModel host = new HostModel(pointer, size, littleEndian);

    assertThatExceptionOfType(DecoderUnavailableException.class)
        .isThrownBy(() -> CapstoneLibrary.open(host, List.of()))
        .withMessageContaining(host.toString());
  }

  /** The dependency's jar has a Capstone 5.0 too, for another purpose: a whole JVM uses it. */
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void version5PassesTheSelfCheckInAJvmOfItsOwn() throws Exception {
    Path library = directory.resolve("libcapstone5.so");
    try (InputStream stream =
        ClassLoader.getSystemResourceAsStream("natives/linux_64/libdisassembler.so")) {
      Files.write(library, stream.readAllBytes());
    }

    assertThat(runWith(library)).isEqualTo("Capstone 5.0: addne r0, r0, #1");
  }

  private static String runWith(Path library) throws Exception {
    String classPath =
        Stream.of("java.class.path", "jdk.module.path")
            .map(System::getProperty)
            .filter(path -> path != null && !path.isEmpty())
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + CapstoneCandidate.PROPERTY + "=" + library,
                "-cp",
                classPath
                    + File.pathSeparator
                    + location(CapstoneLibraryTest.class)
                    + File.pathSeparator
                    + location(ArmDecoder.class),
                DecodeOne.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.strip();
  }

  private static String location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static String failure(CapstoneCandidate candidate) {
    return assertThatExceptionOfType(DecoderUnavailableException.class)
        .isThrownBy(() -> CapstoneLibrary.open(LP64, List.of(candidate)))
        .actual()
        .getMessage();
  }
}
