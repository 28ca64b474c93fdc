package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.examples.OptprobeCommand;
import io.github.optprobe.examples.command.BoundaryExecutor.Execution;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Tag("corpus")
class SweepCommandTest {
  private static final List<String> COUNTS =
      Arrays.stream(Tally.Count.values()).map(Tally.Count::field).toList();

  /**
   * How many instructions there are says {@code objdump -d -j .text}, without the constants; in
   * tiny-t32.so also without the padding behind the last function.
   */
  @ParameterizedTest
  @CsvSource({
    "tiny-x86-64.so, x86-64, 4, 44",
    "tiny-stripped.so, x86-64, 4, 44",
    "tiny-x86-32.so, x86-32, 6, 59",
    "tiny-a32.so, a32, 4, 46",
    "tiny-t32.so, t32, 4, 41",
    "tiny-dead.so, x86-64, 1, 4",
    "tiny-static, x86-64, 4, 41",
    "tiny-pie, x86-64, 4, 41",
  })
  void it_finds_the_instructions_that_objdump_finds(
      String file, String isa, long functions, long instructions) {
    Ran ran = Ran.optprobe("sweep", "--json", Ran.file(file));

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).isEmpty();
    Map<String, Object> total = last(ran);
    assertThat(total)
        .containsEntry("type", "total")
        .containsEntry("files", 1L)
        .containsEntry("failed", 0L)
        .containsEntry("functions", functions)
        .containsEntry("boundaries", instructions)
        .containsEntry("executionAsked", false)
        .containsEntry("exitCode", 0L);
    assertThat(((Map<?, ?>) ofType(ran, "file").get(0).get("isas")).keySet().toString())
        .isEqualTo("[" + isa + "]");
  }

  @Test
  void json_has_the_documented_fields_and_its_sums_are_right() {
    Ran ran = Ran.optprobe("sweep", "--json", Ran.FILES.toString());

    assertThat(ran.json())
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .containsEntry("schema", "optprobe.sweep")
                    .containsEntry("version", 1L)
                    .containsKey("type"));
    assertThat(ofType(ran, "function"))
        .allSatisfy(
            line ->
                assertThat(line)
                    .containsKeys("file", "function", "isa", "address", "bytes", "refusedBy")
                    .containsKeys(COUNTS.toArray(String[]::new)));
    assertThat(ofType(ran, "example"))
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .containsKeys("kind", "code", "file", "function", "isa", "address")
                    .containsKeys("offset", "rule", "advice", "picture"));
    Map<String, Object> total = last(ran);
    for (String count : COUNTS) {
      assertThat(sum(ofType(ran, "function"), count)).isEqualTo(total.get(count));
      assertThat(sum(ofType(ran, "file"), count)).isEqualTo(total.get(count));
    }
    long jumps = (long) total.get("optimizedAtOnce") + (long) total.get("optimizedByEntries");
    assertThat(jumps + values(total, "notOptimizedBy")).isEqualTo(total.get("probed"));
    assertThat((long) total.get("probed") + values(total, "refusedBy"))
        .isEqualTo(total.get("boundaries"));
  }

  /** An example for each reason, and none without: it is what the reason is shown by. */
  @Test
  void each_reason_has_its_example() {
    Ran ran = Ran.optprobe("sweep", "--json", Ran.FILES.toString());

    List<Object> shown =
        ofType(ran, "example").stream().map(each -> each.get("code")).sorted().toList();
    assertThat(shown)
        .isEqualTo(List.copyOf(((Map<?, ?>) last(ran).get("notOptimizedBy")).keySet()));
  }

  /**
   * {@code ret; xor; xor; ret}: a jump at the start overwrites 5 bytes, of which 4 nobody enters.
   * At the second instruction it fits as well, and what it overwrites is one after the other. The
   * last two have fewer than 5 bytes left.
   */
  @Test
  void what_needs_the_entries_is_counted_apart() {
    assertThat(last(Ran.optprobe("sweep", "--json", Ran.file("tiny-dead.so"))))
        .containsEntry("optimizedAtOnce", 1L)
        .containsEntry("optimizedByEntries", 1L)
        .containsEntry("notOptimizedBy", Map.of("WINDOW_LEAVES_FUNCTION", 2L));
  }

  @Test
  void the_table_is_what_it_was() throws IOException {
    Ran ran = Ran.optprobe("sweep", Ran.file("tiny-t32.so"), Ran.file("tiny-dead.so"));

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).isEqualTo(Files.readString(Ran.FILES.resolve("sweep.txt")));
    assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(ran.out()).matches("[\\x20-\\x7e\\n]+").contains("executed: not asked");
  }

  @Test
  void a_directory_is_searched_and_what_is_no_elf_file_is_counted(@TempDir Path directory)
      throws IOException {
    Path below = Files.createDirectories(directory.resolve("a/b"));
    Files.copy(Ran.FILES.resolve("tiny-t32.so"), below.resolve("tiny.so"));
    Files.writeString(directory.resolve("notes"), "no code");
    Files.writeString(directory.resolve("empty"), "");
    Files.createSymbolicLink(directory.resolve("link"), below.resolve("tiny.so"));
    Files.write(directory.resolve("z.so"), new byte[] {0x7f, 'E', 'L', 'F'});

    Ran ran = Ran.optprobe("sweep", "--json", directory.toString());

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(last(ran))
        .containsEntry("files", 1L)
        .containsEntry("failed", 1L)
        .containsEntry("leftOut", 3L)
        .containsEntry("exitCode", 1L);
    assertThat(ofType(ran, "failed").get(0))
        .containsEntry("file", directory.resolve("z.so").toString());
  }

  @ParameterizedTest
  @CsvSource({"tiny.o, is an object file", "tiny.c, is no ELF file", "not-there, is not there"})
  void a_file_that_can_not_be_swept_is_named_and_the_others_are_swept(String file, String why) {
    Ran ran = Ran.optprobe("sweep", Ran.file(file), Ran.file("tiny-dead.so"));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).contains(file, why, "1 files, 1 not readable", "4 starts");
  }

  /** A PrintWriter says nothing of a full disk, or of a reader that has gone. */
  @Test
  void an_answer_that_can_not_be_written_ends_it_with_1() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] buffer, int offset, int length) throws IOException {
            throw new IOException("no space left");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    for (String command : List.of("sweep tiny-dead.so", "explain tiny-dead.so dead")) {
      String[] arguments = command.replace("tiny", Ran.file("tiny")).split(" ", -1);
      StringWriter err = new StringWriter();
      CommandLine line = OptprobeCommand.commandLine();
      line.setOut(new PrintWriter(full)).setErr(new PrintWriter(err));

      assertThat(line.execute(arguments)).isEqualTo(1);
      assertThat(err.toString()).contains("not all of the answer could be written");
    }
  }

  @Test
  void a_long_reason_is_wrapped(@TempDir Path directory) throws IOException {
    String name = "a".repeat(90);
    Files.copy(Ran.FILES.resolve("tiny.o"), directory.resolve(name));

    Ran ran = Ran.optprobe("sweep", directory.toString());

    assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(ran.out()).contains(name, "\n  is an object file, whose branches lead nowhere");
  }

  @Test
  void the_answer_does_not_depend_on_the_number_of_threads() {
    Ran one = Ran.optprobe("sweep", "--json", "--jobs", "1", Ran.FILES.toString());
    Ran many = Ran.optprobe("sweep", "--json", "--jobs", "7", Ran.FILES.toString());

    assertThat(many).isEqualTo(one);
  }

  @Test
  void tiers_and_sets_that_are_not_asked_about_are_not_counted() {
    Ran ran = Ran.optprobe("sweep", "--json", "--tier", "boosted", Ran.file("tiny-a32.so"));

    assertThat(last(ran))
        .containsEntry("boundaries", 46L)
        .containsEntry("singleStep", 0L)
        .containsEntry("emulated", 0L)
        .containsEntry("optimizedAtOnce", 0L);
    // The one that is not boosted is the jump table: objdump has an addls to pc.
    assertThat(last(ran))
        .containsEntry("boosted", 45L)
        .containsEntry("refusedBy", Map.of("TIER_NOT_OFFERED", 1L));
    Ran other = Ran.optprobe("sweep", "--json", "--isa", "t32,x86-64", Ran.FILES.toString());
    assertThat(ofType(other, "function"))
        .extracting(each -> each.get("isa"))
        .containsOnly("t32", "x86-64");
  }

  @ParameterizedTest
  @CsvSource({
    "--isa z80, no such instruction set",
    "--tier FASTEST, FASTEST",
    "--jobs 0, --jobs is at least 1",
    "--jobs x, --jobs",
    "--html /not/there/page.html, --html",
  })
  void wrong_options_end_it_with_2(String option, String message) {
    String[] parts = option.split(" ", -1);

    Ran ran = Ran.optprobe("sweep", parts[0], parts[1], Ran.file("tiny-dead.so"));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
    assertThat(Ran.optprobe("sweep").exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-x86-64.so", "tiny-x86-32.so", "tiny-a32.so", "tiny-t32.so"})
  void instructions_are_executed_in_the_emulator_and_none_differs(String file) {
    Ran ran = Ran.optprobe("sweep", "--json", "--execute", Ran.file(file));

    Map<String, Object> totals = last(ran);
    assertThat(totals).containsEntry("executionAsked", true).containsEntry("differs", 0L);
    assertThat((long) totals.get("executed")).isPositive();
    assertThat((long) totals.get("executedCases")).isGreaterThan((long) totals.get("executed"));
  }

  @Test
  void what_is_executed_is_counted_and_a_difference_ends_it_with_1() {
    Ran ran = executing("--json", "--execute");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(last(ran))
        .containsEntry("executionAsked", true)
        .containsEntry("executed", 2L)
        .containsEntry("executedCases", 14L)
        .containsEntry("differs", 1L)
        .containsEntry("notExecuted", 1L)
        .containsEntry("notExecutedBy", Map.of("returns", 1L));
    assertThat(ofType(ran, "difference").get(0))
        .containsEntry("function", "dead")
        .containsEntry("offset", 3L)
        .containsEntry("detail", "ecx\nis 1");
    assertThat(executing("--execute").out())
        .contains("DIFFERS: ", "dead+0x3", "executed: 3 instructions in 14 cases, 1 differ");
    assertThat(executing("--json").exitCode()).isZero();
  }

  private static Ran executing(String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(Ran.file("tiny-dead.so"));
    SweepCommand command = new SweepCommand(Optional.of(architecture -> new Told()));
    CommandLine line = CommandSetup.apply(new CommandLine(command));
    return Ran.of(line, arguments.toArray(String[]::new));
  }

  /** Says what it is told to say, by the first byte of the instruction. */
  private static final class Told implements BoundaryExecutor {
    @Override
    public Execution execute(ElfFunction function, byte[] code, long address) {
      int offset = (int) (address - function.body().first());
      return switch (offset) {
        case 0 -> new Execution.NotExecuted("returns");
        case 3 -> new Execution.Differs("ecx\nis 1");
        default -> new Execution.Executed(7);
      };
    }

    @Override
    public void close() {}
  }

  private static Map<String, Object> last(Ran ran) {
    List<Map<String, Object>> lines = ran.json();
    return lines.get(lines.size() - 1);
  }

  private static List<Map<String, Object>> ofType(Ran ran, String type) {
    return ran.json().stream().filter(each -> each.get("type").equals(type)).toList();
  }

  private static long sum(List<Map<String, Object>> lines, String field) {
    return lines.stream().mapToLong(each -> (long) each.get(field)).sum();
  }

  private static long values(Map<String, Object> line, String field) {
    return ((Map<?, ?>) line.get(field)).values().stream().mapToLong(each -> (long) each).sum();
  }
}
