package io.github.optprobe.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The testkit's own decoders against each other: all that differs is known, and still differs. */
@Tag("corpus")
class RealDecodersTest {
  private static void assumeUsable(String instructionSet, List<String> names) {
    List<String> usable =
        Decoders.forInstructionSet(instructionSet).stream().map(Decoder::name).toList();
    assumeTrue(
        usable.containsAll(names), () -> "needs " + names + ": " + Decoders.whyNot(instructionSet));
  }

  private static FuzzReport run(
      String instructionSet, List<String> decoders, String generator, long cases, boolean guarded) {
    assumeUsable(instructionSet, decoders);
    return new FuzzPlan(instructionSet, decoders, generator, 3, Shard.WHOLE, cases, false, guarded)
        .start()
        .run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86-64", "x86-32"})
  void zydisAgreesWithCapstone(String instructionSet) {
    FuzzReport report = run(instructionSet, List.of("zydis", "capstone"), "sliding", 200_000, true);
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
    assertThat(report.tally().findings()).isPositive();
  }

  @Test
  @Tag("corpus")
  void capstoneAgreesWithObjdumpAboutAllHalfwords() {
    FuzzReport report = run("t32", List.of("capstone", "objdump"), "exhaustive", 65_536, false);
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
    assertThat(report.tally().cases()).isEqualTo(0xE800);
  }

  @Test
  void capstoneAgreesWithObjdumpAboutWords() {
    FuzzReport report = run("a32", List.of("capstone", "objdump"), "encoded", 4_096, false);
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "x86-64,zydis",
    "x86-32,zydis",
    "x86-64,capstone",
    "x86-32,capstone",
    "a32,capstone",
    "t32,capstone"
  })
  void nativeDecodersStayInTheirBounds(String instructionSet, String decoder) {
    String generator = instructionSet.startsWith("x86") ? "sliding" : "random";
    FuzzReport report = run(instructionSet, List.of(decoder), generator, 5_000, true);
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
  }

  /** Prints the rate; that of one core, with whatever else the machine does. */
  @ParameterizedTest
  @Tag("campaign")
  @ValueSource(strings = {"x86-64", "x86-32"})
  void tenMillionCases(String instructionSet) {
    FuzzReport report =
        run(instructionSet, List.of("zydis", "capstone"), "sliding", 10_000_000, false);
    report.lines().forEach(System.out::println);
    assertThat(report.tally().cases()).isEqualTo(10_000_000);
  }
}
