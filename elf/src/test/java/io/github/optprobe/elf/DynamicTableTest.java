package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Libraries of this machine, whatever it is that they hold, as readelf lists them. */
class DynamicTableTest {
  private static final String SYMBOL =
      " *\\d+: [0-9a-f]+ +\\w+ (FUNC|IFUNC) +(GLOBAL|WEAK) +(DEFAULT|PROTECTED) +\\d+ ([^ @]+).*";

  @ParameterizedTest
  @ValueSource(strings = {"libz.so.1", "libc.so.6", "libstdc++.so.6", "libm.so.6"})
  void exported_functions_are_those_that_readelf_lists(String name) throws Exception {
    Path file = systemLibrary(name);
    TreeSet<String> listed = new TreeSet<>(column(file, SYMBOL, 4, "--dyn-syms"));
    System.out.printf("%s exports %d functions%n", name, listed.size());

    assertThat(listed).isNotEmpty();
    assertThat(ElfLibrary.read(file).exported()).isEqualTo(listed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"libz.so.1", "libc.so.6", "libstdc++.so.6", "libm.so.6"})
  void names_of_libraries_are_those_that_readelf_lists(String name) throws Exception {
    Path file = systemLibrary(name);
    ElfLibrary library = ElfLibrary.read(file);

    assertThat(library.soname()).hasValue(name);
    assertThat(column(file, ".*\\(SONAME\\).*\\[(.*)\\]", 1, "-d")).containsExactly(name);
    assertThat(library.needed())
        .isNotEmpty()
        .isEqualTo(column(file, ".*\\(NEEDED\\).*\\[(.*)\\]", 1, "-d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"libz.so.1", "libc.so.6"})
  void segments_are_those_that_readelf_lists(String name) throws Exception {
    Path file = systemLibrary(name);
    String load = " *LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) .*";

    List<String> listed =
        Binutils.lines(file, load, "readelf", "-l", "-W").stream()
            .map(line -> Stream.of(1, 2, 3, 4).map(i -> number(line.group(i))).toList().toString())
            .toList();
    assertThat(listed).hasSizeGreaterThan(1);
    assertThat(ElfLibrary.read(file).segments())
        .extracting(
            segment ->
                List.of(
                        segment.fileOffset(),
                        segment.address(),
                        (long) segment.content().length,
                        segment.memoryBytes())
                    .toString())
        .isEqualTo(listed);
  }

  private static long number(String hex) {
    return Long.parseLong(hex, 16);
  }

  private static List<String> column(Path file, String pattern, int group, String option)
      throws Exception {
    return Binutils.lines(file, pattern, "readelf", option, "-W").stream()
        .map(line -> line.group(group))
        .toList();
  }

  private static Path systemLibrary(String name) {
    return Stream.of("/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib64/")
        .map(directory -> Path.of(directory + name))
        .filter(Files::isReadable)
        .findFirst()
        .orElseGet(() -> Assumptions.abort("needs an x86-64 " + name + " in a usual place"));
  }
}
