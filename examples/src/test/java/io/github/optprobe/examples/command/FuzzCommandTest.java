package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

@Tag("classpath-only") // the module of the tests does not read all of JUnit
class FuzzCommandTest {
  /**
   * Zydis tells far returns and calls from other indirect jumps; an architecture's scan does not.
   * With no list of what is known that is what a wrong decoder looks like.
   */
  private static final String PLANTED =
      "--isa x86-64 --decoders zydis,optprobe --known none --cases 2500";

  @Test
  void a_campaign_that_finds_nothing_says_so() {
    Ran ran = fuzz("--isa rv64i --cases 2000 --jobs 1");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().replaceAll("  [\\d.]+ s, [\\d,]+ cases/s", "  T"))
        .isEqualToNormalizingNewlines(
            """
            pass rv64i by decoders(optprobe,jumps), cases by encoded: 2,000 cases, 0 findings, 0 unknown in 0
            bins, known 0/0 used, shard 1/1, seed 0x1
              T
            """);
  }

  @Test
  void a_planted_finding_is_shown_and_its_commands_show_it_again() {
    Ran ran = fuzz(PLANTED + " --json --jobs 1");

    assertThat(ran.exitCode()).isEqualTo(1);
    List<Map<String, Object>> bins = ofType(ran, "bin");
    assertThat(bins).hasSizeGreaterThan(2);
    for (Map<String, Object> bin : bins.subList(0, 3)) {
      assertThat(strings(bin.get("replay"))).hasSize(2).allSatisfy(line -> isShownBy(line, bin));
    }
  }

  private static void isShownBy(String line, Map<String, Object> bin) {
    String[] words = line.split(" ", -1);
    assertThat(words).startsWith("./optprobe", "replay");
    Ran again = Ran.optprobe(Arrays.copyOfRange(words, 1, words.length));
    assertThat(again.exitCode()).as(line).isEqualTo(1);
    assertThat(again.out())
        .contains("decoders: objects")
        .contains(
            "  %s %s %s".formatted(bin.get("category"), bin.get("subject"), bin.get("shape")));
  }

  @Test
  void text_has_each_bin_with_its_commands_and_says_that_it_failed() {
    Ran ran = fuzz(PLANTED + " --jobs 1");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out())
        .contains("x FLOW zydis/optprobe ret/ret\n  original   ", "\n  minimised  cb\n")
        .contains("  replay     ./optprobe replay --isa x86-64 --hex cb --oracle decoders")
        .contains("\nFAIL x86-64 by decoders(zydis,optprobe), cases by sliding: 2,500 cases");
  }

  @Test
  void json_has_the_documented_fields_and_its_sums_are_right() {
    Ran ran = fuzz(PLANTED + " --json --jobs 1");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.json())
        .allSatisfy(
            line ->
                assertThat(line)
                    .containsEntry("schema", "optprobe.fuzz")
                    .containsEntry("version", 1L)
                    .containsKey("type"));
    List<Map<String, Object>> bins = ofType(ran, "bin");
    assertThat(bins)
        .allSatisfy(
            bin ->
                assertThat(bin)
                    .containsKeys("category", "subject", "shape", "count", "firstCase")
                    .containsKeys("original", "minimised", "detail", "replay"));
    Map<String, Object> total = total(ran);
    assertThat(total)
        .containsEntry("isa", "x86-64")
        .containsEntry("generator", "sliding")
        .containsEntry("decoders", List.of("zydis", "optprobe"))
        .containsEntry("seed", "0x1")
        .containsEntry("cases", 2500L)
        .containsEntry("bins", (long) bins.size())
        .containsEntry("unknown", bins.stream().mapToLong(bin -> (long) bin.get("count")).sum())
        .containsEntry("complete", true)
        .containsEntry("exitCode", 1L)
        .containsKeys("oracles", "shard", "findings", "unbinned", "known", "stale", "millis")
        .containsKey("casesPerSecond");
  }

  @Test
  void the_answer_does_not_depend_on_the_number_of_threads() {
    assertThat(withoutTime(fuzz(PLANTED + " --json --jobs 3")))
        .isEqualTo(withoutTime(fuzz(PLANTED + " --json --jobs 1")));
  }

  @Test
  void shards_together_are_the_whole() {
    long whole = (long) total(fuzz(PLANTED + " --json --jobs 1")).get("findings");
    long parts =
        Stream.of("1/3", "2/3", "3/3")
            .map(shard -> fuzz(PLANTED + " --json --jobs 2 --shard " + shard))
            .mapToLong(ran -> (long) total(ran).get("findings"))
            .sum();

    assertThat(parts).isEqualTo(whole);
  }

  @Test
  void a_campaign_that_was_stopped_goes_on_where_it_was(@TempDir Path folder) {
    String state = " --json --jobs 2 --state " + folder.resolve("state");
    Campaign campaign = campaign("--isa x86-64 --decoders zydis,optprobe --known none");
    FuzzOrder order = order(campaign, folder.resolve("state"));
    AtomicInteger asked = new AtomicInteger();
    try (FuzzJobs jobs =
        new FuzzJobs(
            order,
            new FuzzMeter(new SilentProgress(), 2, false, () -> 0),
            () -> asked.getAndIncrement() > 4)) {
      FuzzOutcome stopped = jobs.run();
      assertThat(stopped.report().complete()).isFalse();
      assertThat(stopped.report().tally().cases()).isBetween(1L, 2499L);
    }
    assertThat(folder)
        .isDirectoryContaining("glob:**/state.1")
        .isDirectoryContaining("glob:**/state.2");

    assertThat(withoutTime(fuzz(PLANTED + state)))
        .isEqualTo(withoutTime(fuzz(PLANTED + " --json --jobs 1")));
    Ran other = fuzz(PLANTED + state + " --seed 2");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("is the state of another campaign");
  }

  private static Campaign campaign(String arguments) {
    FuzzChoices choices =
        picocli.CommandLine.populateCommand(new FuzzChoices(), arguments.split(" ", -1));
    return choices.campaign(java.util.Set.of(OracleKind.DECODERS));
  }

  private static FuzzOrder order(Campaign campaign, Path state) {
    return new FuzzOrder(
        campaign,
        2500,
        1,
        io.github.optprobe.testkit.fuzz.Shard.WHOLE,
        2,
        java.util.Optional.of(state),
        false);
  }

  @Test
  void what_is_known_is_not_shown_and_what_is_known_and_not_so_is(@TempDir Path folder)
      throws IOException {
    Path known = folder.resolve("known.txt");
    Files.writeString(
        known,
        """
        # what this test knows
        FLOW | zydis/optprobe | * | .*/.* | cb | 2026-11-21 | one word for all
        STATUS | zydis/optprobe | * | .*/INVALID | cc | 2026-11-21 | a patch
        """);
    Ran all = fuzz(PLANTED + " --json --known " + known);
    assertThat(total(all)).containsEntry("unknown", 0L).containsEntry("known", 2L);
    assertThat((long) total(all).get("findings")).isPositive();
    assertThat(all.exitCode()).isZero();

    Files.writeString(known, "LENGTH | zydis/optprobe | * | * | 90 | 2026-11-21 | it was once\n");
    Ran stale = fuzz("--isa x86-64 --decoders zydis,optprobe --cases 500 --known " + known);
    assertThat(stale.exitCode()).isEqualTo(1);
    assertThat(stale.out()).contains("STALE  LENGTH | zydis/optprobe", "FAIL x86-64");
  }

  @Test
  void what_is_executed_is_counted() {
    Ran ran = fuzz("--isa rv64i --oracle execution --states 2 --jobs 2 --json --cases 40");

    assertThat(ran.exitCode()).as(ran.out()).isZero();
    Map<?, ?> executed = (Map<?, ?>) total(ran).get("executed");
    assertThat((long) executed.get("compared")).isPositive();
    assertThat((long) executed.get("instructions") + (long) executed.get("noCode")).isEqualTo(40);
    assertThat(fuzz("--isa rv64i --oracle execution,relocation --cases 10 --jobs 1").out())
        .contains("by relocation execution, cases by encoded", "\n  executed ");
  }

  @Test
  void the_page_is_well_formed_and_has_a_bar_for_each_bin(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("page.html");

    Ran ran = fuzz(PLANTED + " --jobs 1 --json --html " + page);

    String html = Files.readString(page);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .doesNotContain("http", "src=", "href=", "url(", "@import", "<script");
    Document document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
    int bins = ofType(ran, "bin").size();
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(bins);
    assertThat(document.getElementsByTagName("h3").getLength()).isEqualTo(bins);
    assertThat(document.getElementsByTagName("pre").item(0).getTextContent())
        .contains("./optprobe replay --isa x86-64 --hex ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--isa z80; ^^^ one of",
        "--isa x86-64 --decoders zydis,foo; '        ^^^ one of'",
        "--isa x86-64 --generator encoded; ^^^^^^^ one of",
        "--isa x86-64 --generator corpus:/not/there; --generator: ",
        "--isa x86-64 --shard 3/2; ^^^ K/N",
        "--isa x86-64 --seed 0xzz; '    ^^ a number'",
        "--isa x86-64 --cases 0; --cases is at least 1",
        "--isa x86-64 --jobs 0; --jobs is at least 1",
        "--isa x86-64 --states 0; --states is at least 1",
        "--isa x86-64 --oracle guessing; guessing",
        "--isa x86-64 --known /not/there; --known: can not read",
        "--isa x86-64 --state /not/there/s; --state: there is no directory",
        "--isa x86-64 --html /not/there/p; --html",
        "--isa x86-64 --isolated --oracle execution; --isolated takes",
        "--isa x86-64 --isolated --seconds 3; no --seconds",
        "--cases 5; --isa",
      })
  void wrong_arguments_end_it_with_2(String arguments, String message) {
    Ran ran = fuzz(arguments);

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--isa rv64i --decoders optprobe; 2 decoders are needed",
        "--isa rv64i --oracle relocation --decoders optprobe; a decoder that is not",
        "--isa rv64i --decoders zydis,optprobe; zydis: ",
      })
  void what_is_missing_ends_it_with_3(String arguments, String message) {
    Ran ran = fuzz(arguments);

    assertThat(ran.exitCode()).isEqualTo(3);
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
  }

  private static Ran fuzz(String arguments) {
    return Ran.optprobe(("fuzz " + arguments).split(" ", -1));
  }

  private static List<Map<String, Object>> withoutTime(Ran ran) {
    return ran.json().stream()
        .map(
            line -> {
              Map<String, Object> kept = new LinkedHashMap<>(line);
              kept.keySet().removeAll(List.of("millis", "casesPerSecond"));
              return kept;
            })
        .toList();
  }

  private static Map<String, Object> total(Ran ran) {
    return ofType(ran, "total").get(0);
  }

  private static List<Map<String, Object>> ofType(Ran ran, String type) {
    return ran.json().stream().filter(each -> each.get("type").equals(type)).toList();
  }

  private static List<String> strings(Object list) {
    return ((List<?>) list).stream().map(String.class::cast).toList();
  }
}
