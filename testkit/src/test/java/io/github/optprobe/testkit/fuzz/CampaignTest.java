package io.github.optprobe.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.testkit.decode.CodeInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Campaigns can be split, stopped, continued and replayed, and come to the same. */
class CampaignTest {
  private static final long CASES = 30_000;
  private static final String KNOWN =
      "LOW | bytes | ^0[0-9a-f] | * | 01 | 2026-11-21 | low bytes are known";

  /** Objects to inputs by their first byte. */
  private static final class FirstByteOracle implements CaseOracle {
    private final List<String> seen = new ArrayList<>();

    @Override
    public String name() {
      return "first-byte";
    }

    @Override
    public void check(CodeInput input, long seed, Consumer<? super Finding> findings) {
      if (input.available() == 4) {
        seen.add(input.toString());
      }
      int first = input.get(0);
      if (first < 0x20) {
        findings.accept(new Finding("LOW", "bytes", "shape " + first / 8, 1));
      }
      if (first == 0x77) {
        findings.accept(new Finding("SEVEN", "bytes", "tab\there\nand \\ there", 2));
      }
    }
  }

  private static FuzzRun campaign(CaseOracle oracle) {
    return FuzzRun.of("made-up")
        .oracle(oracle)
        .cases(CASES)
        .seed(7)
        .known(new KnownDisagreements(List.of(KnownDisagreement.parse(KNOWN))));
  }

  @Test
  void aRunThatWasStoppedComesToTheSame(@TempDir Path folder) {
    Tally whole = campaign(new FirstByteOracle()).run().tally();
    FuzzReport last = null;
    for (int i = 0; i < 20 && (last == null || !last.complete()); i++) {
      AtomicInteger strides = new AtomicInteger();
      last =
          campaign(new FirstByteOracle())
              .state(folder.resolve("state"))
              .stop(() -> strides.getAndIncrement() == 8)
              .run();
    }
    assertThat(last.complete()).isTrue();
    assertThat(last.tally()).isEqualTo(whole);
    assertThat(whole.cases()).isEqualTo(CASES);
    assertThat(whole.bins()).hasSize(3);
    assertThat(whole.knownUses().get(0)).isPositive();
  }

  @Test
  void aStateOfAnotherCampaignIsNotTaken(@TempDir Path folder) {
    Path state = folder.resolve("state");
    campaign(new FirstByteOracle()).state(state).run();
    FuzzRun other = campaign(new FirstByteOracle()).seed(8).state(state);
    assertThatThrownBy(other::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another campaign");
  }

  @Test
  void shardsTogetherAreTheWhole() {
    FirstByteOracle whole = new FirstByteOracle();
    campaign(whole).run();
    FirstByteOracle parts = new FirstByteOracle();
    long findings = 0;
    for (int i = 1; i <= 7; i++) {
      findings += campaign(parts).shard(new Shard(i, 7)).run().tally().findings();
    }
    assertThat(new TreeSet<>(parts.seen).equals(new TreeSet<>(whole.seen))).isTrue();
    assertThat(findings).isEqualTo(campaign(new FirstByteOracle()).run().tally().findings());
    assertThat(
            IntStream.rangeClosed(1, 7)
                .mapToLong(i -> new Shard(i, 7).to(CASES) - new Shard(i, 7).from(CASES))
                .sum())
        .isEqualTo(CASES);
  }

  @Test
  void shardsAreReadAsTheyAreWritten() {
    assertThat(Shard.parse("3/16")).isEqualTo(new Shard(3, 16)).hasToString("3/16");
    assertThatThrownBy(() -> Shard.parse("17/16")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Shard.parse("three")).isInstanceOf(IllegalArgumentException.class);
    assertThat(new Shard(3, 3).to(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEntryWhoseExampleIsNoneAnyMoreFails() {
    String stale = KNOWN.replace("| 01 |", "| 77 |");
    FuzzReport report =
        FuzzRun.of("made-up")
            .oracle(new FirstByteOracle())
            .known(new KnownDisagreements(List.of(KnownDisagreement.parse(stale))))
            .cases(0)
            .run();
    assertThat(report.passed()).isFalse();
    assertThat(report.stale()).extracting(KnownDisagreement::toString).containsExactly(stale);
    assertThat(report.lines()).anyMatch(line -> line.startsWith("STALE"));
  }

  @Test
  void anEntryWithoutAReasonIsNone() {
    assertThatThrownBy(() -> KnownDisagreement.parse("A | b | * | * | 00 | 2026-11-21 |  "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bitsOfWordsAndHalfwordsAreMatched() {
    assertThat(
            BytesPattern.parse("word 1110 xxxx xxxx xxxx xxxx xxxx xxxx 0001").matches("010000e0"))
        .isTrue();
    assertThat(
            BytesPattern.parse("word 1110 xxxx xxxx xxxx xxxx xxxx xxxx 0000").matches("010000e0"))
        .isFalse();
    assertThat(BytesPattern.parse("halfwords 1011 1010 10xx xxxx").matches("80baffff")).isTrue();
    assertThat(BytesPattern.parse("halfwords 1011 1010 11xx xxxx").matches("80baffff")).isFalse();
    assertThat(BytesPattern.parse("^<prefix>+90$").matches("664890")).isTrue();
  }

  @Test
  void bothCommandsReplayTheExample() {
    FuzzReport report = campaign(new FirstByteOracle()).run();
    for (Bin bin : report.tally().bins()) {
      Replay replay =
          Replay.ofCase(
              "made-up",
              Generators.named("random", "made-up"),
              7,
              bin.firstCase(),
              List.of(new TableDecoder("right")),
              List.of(new FirstByteOracle()));
      assertThat(replay.bytes()).isEqualTo(bin.original());
      assertThat(replay.findings()).contains(bin.finding());
      assertThat(replay.answers()).hasSize(1);
      assertThat(bin.replayCommands("made-up", "random", 7))
          .containsExactly(
              "./optprobe replay --isa made-up --hex " + bin.minimised(),
              "./optprobe replay --isa made-up --generator random --seed 7 --case "
                  + bin.firstCase());
    }
  }

  @Test
  void progressEndsWithTheTotal() {
    List<String> told = new ArrayList<>();
    campaign(new FirstByteOracle())
        .progress((done, total, rate, bins) -> told.add(done + "/" + total + " " + bins))
        .run();
    assertThat(told).last().isEqualTo("30000/30000 3");
  }

  @Test
  void patternsFillTheirFieldsOnly() {
    Generator generator =
        Generators.patterns("a32", List.of("cccc 0010 100s nnnn dddd iiii iiii iiii"));
    byte[] bytes = new byte[16];
    for (int i = 0; i < 1000; i++) {
      assertThat(generator.generate(1, i, bytes)).isEqualTo(4);
      assertThat(bytes[3] & 0x0F).isEqualTo(2);
      assertThat(bytes[2] & 0xE0).isEqualTo(0x80);
    }
    assertThatThrownBy(() -> BitPattern.parse("0101")).isInstanceOf(IllegalArgumentException.class);
  }
}
