package io.github.optprobe.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tutorial shows the module that is here, and what it does. */
class TutorialTest {
  private static final Path SOURCES = Path.of("src/main/java").toAbsolutePath();
  private static final Path TEST_ROOM =
      Path.of("src/test/java/io/github/optprobe/examples/riscv").toAbsolutePath();
  private static final Path PAGE =
      Path.of("").toAbsolutePath().getParent().resolve("docs/write-an-architecture.md");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern TESTS = Pattern.compile("-Dtest='?([\\w,]+)");
  private static final int FEWEST_BLOCKS = 20;
  private static final int DEEPEST_INDENT = 8;

  @Test
  void each_block_of_java_is_an_excerpt_of_the_module() throws IOException {
    List<String> sources = sources();
    List<String> blocks =
        JAVA.matcher(Files.readString(PAGE)).results().map(result -> result.group(1)).toList();

    assertThat(blocks).hasSizeGreaterThan(FEWEST_BLOCKS);
    for (String block : blocks) {
      assertThat(sources).as(block).anyMatch(source -> isExcerpt(source, block));
    }
  }

  /** Indented as it may be, in whole lines. */
  private static boolean isExcerpt(String source, String block) {
    return Stream.iterate(0, depth -> depth <= DEEPEST_INDENT, depth -> depth + 2)
        .anyMatch(depth -> source.contains("\n" + indented(block, depth)));
  }

  private static String indented(String block, int depth) {
    return depth == 0 ? block : block.replaceAll("(?m)^(?=.)", " ".repeat(depth));
  }

  private static List<String> sources() throws IOException {
    Path room = SOURCES.resolve("io/github/optprobe/examples");
    try (Stream<Path> module = Files.list(room.resolve("riscv"))) {
      Stream<Path> others =
          Stream.of(
              room.resolve("ProbeRiscV.java"),
              SOURCES.resolve("module-info.java"),
              TEST_ROOM.resolve("Rv64IConformanceTest.java"));
      return Stream.concat(module, others).map(TutorialTest::read).toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void the_first_probe_prints_what_the_page_says() throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      ProbeRiscV.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(Files.readString(PAGE)).contains("```text\n" + out.toString(UTF_8) + "```");
  }

  @Test
  void the_tests_that_it_runs_are_here() throws IOException {
    List<String> names =
        TESTS
            .matcher(Files.readString(PAGE))
            .results()
            .flatMap(result -> Stream.of(result.group(1).split(",")))
            .toList();

    assertThat(names).hasSizeGreaterThan(5);
    assertThat(names).allMatch(name -> Files.exists(TEST_ROOM.resolve(name + ".java")));
  }
}
