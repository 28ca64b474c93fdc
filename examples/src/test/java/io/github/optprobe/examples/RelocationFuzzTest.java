package io.github.optprobe.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.testkit.decode.ArchitectureDecoder;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Decoders;
import io.github.optprobe.testkit.fuzz.DecoderOracle;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.FuzzRun;
import io.github.optprobe.testkit.fuzz.KnownDisagreements;
import io.github.optprobe.testkit.fuzz.RelocationOracle;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies that our architectures make, read by a decoder that is not theirs. */
@Tag("corpus")
class RelocationFuzzTest {
  private static final List<Long> DISTANCES =
      List.of(0x1000L, -0x1_0000L, 0x400_0000L, -0x300_0000L);

  private static FuzzReport relocate(String instructionSet, String decoder, long cases) {
    List<Decoder> usable =
        Decoders.forInstructionSet(instructionSet).stream()
            .filter(each -> each.name().equals(decoder))
            .toList();
    assumeTrue(!usable.isEmpty(), () -> decoder + ": " + Decoders.whyNot(instructionSet));
    Architecture architecture = Architectures.named(instructionSet);
    RelocationOracle oracle = new RelocationOracle(architecture, usable.get(0), DISTANCES);
    FuzzReport report =
        FuzzRun.of(instructionSet)
            .oracle(oracle)
            .cases(cases)
            .known(
                KnownDisagreements.builtIn(instructionSet)
                    .about(List.of("architecture/" + decoder)))
            .run();
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
    assertThat(oracle.judged()).isGreaterThan(cases / 2);
    assertThat(oracle.rewritten()).isPositive();
    return report;
  }

  @ParameterizedTest
  @CsvSource({"x86-64,zydis", "x86-32,zydis", "a32,capstone", "t32,capstone"})
  void copiesOfOneInstructionAreTheSameInstruction(String instructionSet, String decoder) {
    assertThat(relocate(instructionSet, decoder, 3_000).tally().cases()).isEqualTo(3_000);
  }

  /** The architecture's own binding to Zydis, against the testkit's. */
  @ParameterizedTest
  @CsvSource({"x86-64", "x86-32"})
  void architecturesDecodeAsTheTestkitDoes(String instructionSet) {
    Architecture architecture = Architectures.named(instructionSet);
    FuzzReport report =
        FuzzRun.of(instructionSet)
            .oracle(
                new DecoderOracle(
                    List.of(
                        Decoders.named("zydis", instructionSet),
                        new ArchitectureDecoder(architecture)),
                    false))
            .cases(10_000)
            .known(KnownDisagreements.builtIn(instructionSet).about(List.of("zydis/optprobe")))
            .run();
    assertThat(report.lines()).hasSize(1);
    assertThat(report.passed()).isTrue();
  }

  /** For the docs. */
  @ParameterizedTest
  @Tag("campaign")
  @CsvSource({"x86-64,zydis", "x86-32,zydis", "a32,capstone", "t32,capstone"})
  void aMillionCopies(String instructionSet, String decoder) {
    System.out.println(relocate(instructionSet, decoder, 1_000_000).totals());
  }
}
