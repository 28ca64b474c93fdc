package io.github.optprobe.arm32.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code of a compiler, held against what objdump says with the mapping symbols. */
class CompiledCodeTest {
  private static final Path C_LIBRARY = Path.of("/usr/arm-linux-gnueabihf/lib/libc.a");

  @TempDir Path directory;

  @BeforeEach
  void needsTheCompiler() {
    assumeTrue(CrossTools.have("gcc", "objdump"), "needs the GNU cross compiler for ARM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-mthumb -O2",
        "-mthumb -O2 -fPIC",
        "-mthumb -Os -fPIC",
        "-mthumb -O0",
        "-marm -O2",
        "-marm -O2 -fPIC",
        "-marm -Os -fPIC",
        "-marm -O0 -fPIC",
      })
  void every_function_but_those_that_jump_by_values_is_wholly_known(String options)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(options.split(" ", -1)));
    all.addAll(List.of("-nostdlib", "-Wl,-emain,--unresolved-symbols=ignore-all"));
    Path file = CrossTools.compile(directory, "functions.elf", all);
    ScanFigures figures = new ScanFigures(ElfFile.of(file), Listing.of(file)).run();
    System.out.println("functions.c " + options + ": " + figures);

    assertThat(figures.wrong).isEmpty();
    assertThat(figures.undecodable).isZero();
    // threaded() has labels as values, tail_argument() and tail_memory() are tail calls.
    assertThat(figures.doubts.keySet())
        .isSubsetOf("threaded", "tail_argument", "tail_memory", "variable_frame")
        .contains("threaded");
    assertThat(figures.unreached.keySet()).containsExactly("threaded");
    // dense(), wide_switch(), masked() and interpret().
    assertThat(figures.tables).isGreaterThanOrEqualTo(4);
    assertThat(figures.tableTargets).isGreaterThanOrEqualTo(30);
  }

  /** A C library as distributions have it: much code, and some of it written in assembly. */
  @Test
  void a_whole_program_with_its_library_is_known_but_for_a_few_functions() throws Exception {
    assumeTrue(Files.isRegularFile(C_LIBRARY), "needs " + C_LIBRARY);
    Path file = CrossTools.compile(directory, "static.elf", List.of("-static", "-mthumb", "-O2"));
    ScanFigures figures = new ScanFigures(ElfFile.of(file), Listing.of(file)).run();
    System.out.println("static: " + figures);
    System.out.println("static, not known: " + figures.doubts);

    assertThat(figures.wrong).isEmpty();
    assertThat(figures.functions).isGreaterThan(500);
    assertThat(figures.undecodable).isLessThanOrEqualTo(figures.functions / 200);
    assertThat(figures.computed).isLessThanOrEqualTo(figures.functions / 25);
    assertThat(figures.whollyKnown).isGreaterThanOrEqualTo(figures.functions * 92 / 100);
    assertThat(figures.boundaries).isGreaterThanOrEqualTo(12 * figures.missing);
    assertThat(figures.tables).isGreaterThan(20);
    assertThat(figures.inItBlocks).isGreaterThan(1_000);
  }
}
