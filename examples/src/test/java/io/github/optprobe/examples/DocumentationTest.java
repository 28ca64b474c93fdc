package io.github.optprobe.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show is what there is. */
class DocumentationTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path PROGRAM =
      Path.of("src/main/java/io/github/optprobe/examples/EmbedInBytes.java");
  private static final Path TRACE_CALLS = PROGRAM.resolveSibling("TraceCalls.java");
  private static final int MOST_LINES = 25;

  @Test
  void the_program_of_the_readme_is_the_one_that_is_compiled_here() throws IOException {
    String program = Files.readString(PROGRAM);

    assertThat(program.lines().count()).isLessThanOrEqualTo(MOST_LINES);
    assertThat(readme()).contains("```java\n" + program + "```");
  }

  @Test
  void the_output_of_the_readme_is_what_it_prints() throws IOException {
    assertThat(readme()).contains(outputOf(() -> EmbedInBytes.main(new String[0])));
  }

  @Test
  void the_return_probe_of_the_readme_is_registered_by_a_program_and_prints_what_it_says()
      throws IOException {
    String start = "```java\nkprobes.register(\n";
    String readme = readme();
    int from = readme.indexOf(start) + "```java\n".length();
    String shown = readme.substring(from, readme.indexOf("```", from)).stripTrailing();

    assertThat(readme).contains(start);
    assertThat(Files.readString(TRACE_CALLS)).contains(shown.indent(8).stripTrailing());
    assertThat(readme).contains(outputOf(() -> TraceCalls.main(new String[0])));
  }

  private static String outputOf(Runnable program) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return "```text\n" + out.toString(UTF_8) + "```";
  }

  @Test
  void every_refusal_of_the_library_is_explained() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/refusals.md"));

    List<String> codes =
        records(Refusal.class)
            .filter(each -> each != Refusal.Unmovable.class)
            .map(each -> code(each.getSimpleName()))
            .toList();
    assertThat(codes).hasSizeGreaterThan(15).allMatch(code -> page.contains("`" + code + "`"));
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(DocumentationTest::records)
        : Stream.of(type);
  }

  /** The code is the record's name, in capitals: OutOfReach is OUT_OF_REACH. */
  private static String code(String name) {
    return name.replaceAll("(?<!^)(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }
}
