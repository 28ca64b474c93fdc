package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.jna.Platform;
import io.github.optprobe.x86.DecoderUnavailableException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZydisLibraryTest {
  private static final HostModel LP64 = new HostModel(8, 8, true);

  private final Path directory;

  ZydisLibraryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void missingFileIsNamedWithTheReasonAndTheRemedy() {
    Path missing = directory.resolve("libMissing.so");

    assertThat(failure(LibraryCandidate.file(missing.toString())))
        .contains("version 4.0 or 4.1")
        .contains("file " + missing + " (system property optprobe.zydis.library): no such file")
        .contains("install the package libzydis4.0 or libzydis4.1")
        .contains("-Doptprobe.zydis.library=");
  }

  @Test
  void relativePathIsRefused() {
    assertThat(failure(LibraryCandidate.file("lib/libZydis.so"))).contains("must be absolute");
  }

  @Test
  void fileThatIsNoLibraryIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("libText.so"), "not a library");

    assertThat(failure(LibraryCandidate.file(text.toString())))
        .contains(text + " (system property")
        .doesNotContain("no such file")
        .doesNotContain("Unable to load library"); // JNA's heading, not the reason
  }

  @Test
  void anotherLibraryIsRefused() throws Exception {
    Path other = assemble("libOther.so", "something: ret");

    assertThat(failure(LibraryCandidate.file(other.toString())))
        .contains("is not a Zydis library: it lacks the symbol ZydisGetVersion");
  }

  @ParameterizedTest
  @CsvSource({
    "0x0005000000000000, 5.0.0",
    "0x0004000200030000, 4.2.3",
    "0x0003000200010000, 3.2.1"
  })
  void otherVersionsAreRefusedByNumber(String packed, String version) throws Exception {
    Path other = assemble("libVersion" + version + ".so", versionFunction(packed));

    assertThat(failure(LibraryCandidate.file(other.toString())))
        .contains("is version " + version + ", not 4.0 or 4.1");
  }

  @Test
  void libraryOfTheRightVersionWithoutTheFunctionsIsRefused() throws Exception {
    Path hollow = assemble("libHollow.so", versionFunction("0x0004000100000000"));

    assertThat(failure(LibraryCandidate.file(hollow.toString())))
        .contains("is not a Zydis library: it lacks the symbol ZydisCategoryGetString");
  }

  @Test
  void extractedLibraryThatDoesNotLoadHasTheHintAtNoexec() throws Exception {
    String resource = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("Zydis");
    Path file = directory.resolve(resource);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "not a library");
    URL[] classPath = {directory.toUri().toURL()};

    try (URLClassLoader loader = new URLClassLoader(classPath, null)) {
      assertThat(failure(LibraryCandidate.bundled(loader)))
          .contains("resource " + resource)
          .contains("jna.tmpdir");
    }
  }

  @Test
  void allFailuresAreListedInOrder() {
    String message =
        failure(broken("first place", "first reason"), broken("second place", "second reason"));

    assertThat(message)
        .containsSubsequence("- first place: first reason", "- second place: second reason");
  }

  @Test
  void unusableCandidateIsSkippedForTheNext() {
    ZydisLibrary current = ZydisEngine.get().library();
    LibraryCandidate usable = new LibraryCandidate("here", current::library);

    ZydisLibrary opened = ZydisLibrary.open(LP64, List.of(broken("there", "broken"), usable));

    assertThat(opened.place()).isEqualTo("here");
    assertThat(opened.version()).isEqualTo(current.version());
  }

  @Test
  void propertyForbidsAllOtherPlaces() {
    assertThat(LibraryCandidate.inOrder("/nowhere/libZydis.so"))
        .extracting(LibraryCandidate::place)
        .containsExactly("file /nowhere/libZydis.so (system property optprobe.zydis.library)");
  }

  @Test
  void withoutPropertyTheBundledLibraryComesBeforeTheSystems() {
    assertThat(LibraryCandidate.inOrder(null))
        .extracting(LibraryCandidate::place)
        .satisfiesExactly(
            place -> assertThat(place).startsWith("resource "),
            place -> assertThat(place).isEqualTo("system library libZydis.so.4.1"),
            place -> assertThat(place).isEqualTo("system library libZydis.so.4.0"),
            place -> assertThat(place).isEqualTo("system library Zydis"));
  }

  @Test
  void absentResourceIsNotBundled() {
    ClassLoader empty = ClassLoader.getPlatformClassLoader();

    assertThat(failure(LibraryCandidate.bundled(empty))).contains("not bundled in this jar");
  }

  @ParameterizedTest
  @CsvSource({"4, 4, true", "8, 4, true", "8, 8, false"})
  void otherDataModelsAreRefused(int pointer, int longs, boolean littleEndian) {
    HostModel host = new HostModel(pointer, longs, littleEndian);

    assertThatExceptionOfType(DecoderUnavailableException.class)
        .isThrownBy(() -> ZydisLibrary.open(host, List.of()))
        .withMessageContaining(host.toString());
  }

  @Test
  void everyNativeFunctionIsRequired() {
    assertThat(ZydisNative.symbols())
        .contains("ZydisDecoderDecodeFull", "ZydisFormatterFormatInstruction")
        .allMatch(name -> name.startsWith("Zydis"));
  }

  private static String failure(LibraryCandidate... candidates) {
    try {
      return "unexpectedly opened: " + ZydisLibrary.open(LP64, List.of(candidates));
    } catch (DecoderUnavailableException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static LibraryCandidate broken(String place, String reason) {
    return new LibraryCandidate(
        place,
        () -> {
          throw new IOException(reason);
        });
  }

  private static String versionFunction(String packed) {
    return """
    .globl ZydisGetVersion
    .type ZydisGetVersion, @function
    ZydisGetVersion: movabs $%s, %%rax
    ret
    """
        .formatted(packed);
  }

  private Path assemble(String name, String text) throws Exception {
    Path source = Files.writeString(directory.resolve(name + ".s"), ".text\n" + text + "\n");
    Path object = directory.resolve(name + ".o");
    Path library = directory.resolve(name);
    Tool.run("as", "--64", "-o", object.toString(), source.toString());
    Tool.run("ld", "-shared", "-o", library.toString(), object.toString());
    return library;
  }
}
