package io.github.optprobe.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.decode.Decoders;
import io.github.optprobe.testkit.fuzz.DecoderOracle;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.FuzzRun;
import io.github.optprobe.testkit.fuzz.Generators;
import io.github.optprobe.testkit.fuzz.KnownDisagreement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/fuzzing.md} shows is what there is. */
class FuzzingDocTest {
  private static final Path HERE = Path.of("").toAbsolutePath();
  private static final Path PAGE = HERE.getParent().resolve("docs/fuzzing.md");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final int DEEPEST_INDENT = 8;

  /** B-type: imm[12|10:5] rs2 rs1 funct3 imm[4:1|11] opcode (RISC-V ISA, 2.5); BEQ. */
  private static final String BRANCH = "iiii iiit tttt ssss s000 jjjj j110 0011";

  @Test
  void each_block_of_java_is_code_that_is_compiled_here() throws IOException {
    List<String> sources =
        List.of(
            Files.readString(
                HERE.resolve("src/main/java/io/github/optprobe/examples/decoder/RiscVJumps.java")),
            Files.readString(HERE.resolve("src/main/java/module-info.java")),
            Files.readString(
                HERE.resolve("src/test/java/io/github/optprobe/examples/FuzzingDocTest.java")));
    List<String> blocks = JAVA.matcher(page()).results().map(result -> result.group(1)).toList();

    assertThat(blocks).hasSize(3);
    for (String block : blocks) {
      assertThat(sources).as(block).anyMatch(source -> isExcerpt(source, block));
    }
  }

  private static boolean isExcerpt(String source, String block) {
    return Stream.iterate(0, depth -> depth <= DEEPEST_INDENT, depth -> depth + 2)
        .anyMatch(depth -> ("\n" + source).contains("\n" + indented(block, depth)));
  }

  private static String indented(String block, int depth) {
    return depth == 0 ? block : block.replaceAll("(?m)^(?=.)", " ".repeat(depth));
  }

  @Test
  void its_run_finds_nothing() {
    FuzzReport report =
        FuzzRun.of("rv64i")
            .generator(Generators.patterns("rv64i", List.of(BRANCH)))
            .oracle(new DecoderOracle(Decoders.forInstructionSet("rv64i"), false))
            .cases(10_000)
            .run();
    report.lines().forEach(System.out::println);

    assertThat(report.passed()).isTrue();
    assertThat(report.oracles()).containsExactly("decoders(optprobe,jumps)");
    assertThat(report.tally().cases()).isEqualTo(10_000);
  }

  @Test
  void its_service_file_and_its_entry_are_what_it_says() throws IOException {
    String service =
        Files.readString(
            HERE.resolve(
                "src/main/resources/META-INF/services/io.github.optprobe.testkit.decode.Decoder"));
    assertThat(page()).contains("```text\n" + service + "```");

    String entry =
        page().lines().filter(line -> line.startsWith("FLOW | ")).findFirst().orElseThrow();
    assertThat(KnownDisagreement.parse(entry).subject()).isEqualTo("zydis/optprobe");
  }

  @Test
  void its_files_are_there() {
    Path root = HERE.getParent();
    assertThat(
            Stream.of(
                ".clusterfuzzlite",
                ".github/workflows/cflite_pr.yml",
                ".github/workflows/cflite_batch.yml",
                "testkit/src/main/resources/io/github/optprobe/testkit/fuzz"))
        .allSatisfy(name -> assertThat(root.resolve(name)).exists());
  }

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }
}
