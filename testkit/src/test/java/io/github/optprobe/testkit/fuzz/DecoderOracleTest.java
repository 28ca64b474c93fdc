package io.github.optprobe.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Decoder;
import io.github.optprobe.testkit.decode.Detail;
import io.github.optprobe.testkit.decode.FlowClass;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Each kind of bug, planted in one decoder, is one bin with the expected small example. */
class DecoderOracleTest {
  private static final int CASES = 20_000;

  /** A decoder that is right but for what a change makes of its answers. */
  private static Decoder broken(BiConsumer<CodeInput, Decoded> change) {
    return new TableDecoder("broken") {
      @Override
      public void decode(CodeInput input, Detail detail, Decoded result) {
        super.decode(input, detail, result);
        change.accept(input, result);
      }
    };
  }

  private static boolean starts(CodeInput input, int first) {
    return input.available() > 0 && input.get(0) == first;
  }

  private static Bin onlyBin(Decoder broken) {
    FuzzReport report =
        FuzzRun.of(TableDecoder.SET)
            .oracle(new DecoderOracle(List.of(new TableDecoder("right"), broken), true))
            .cases(CASES)
            .run();
    assertThat(report.passed()).isFalse();
    assertThat(report.tally().bins()).hasSize(1);
    return report.tally().bins().get(0);
  }

  private static void assertFound(Decoder broken, String bin, String minimised) {
    Bin found = onlyBin(broken);
    assertThat(found.finding().bin()).isEqualTo(bin);
    assertThat(found.minimised()).isEqualTo(minimised);
    assertThat(found.original()).hasSize(8).isNotEqualTo(minimised);
    assertThat(found.count()).isPositive();
    assertThat(found.detail()).contains("right").contains("broken");
  }

  @Test
  void decodersThatAgreeHaveNothingToReport() {
    FuzzReport report =
        FuzzRun.of(TableDecoder.SET)
            .generator(Generators.named("random", TableDecoder.SET))
            .oracle(
                new DecoderOracle(
                    List.of(new TableDecoder("right"), new TableDecoder("too")), true))
            .cases(CASES)
            .run();
    assertThat(report.passed()).isTrue();
    assertThat(report.tally().cases()).isEqualTo(CASES);
    assertThat(report.tally().findings()).isZero();
  }

  @Test
  void aWrongLengthIsFound() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (starts(input, 0x21)) {
                result.instruction(2, FlowClass.NEXT);
              }
            });
    assertFound(broken, "LENGTH right/broken one/one", "21");
  }

  @Test
  void aWrongClassIsFound() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (starts(input, 0x13)) {
                result.instruction(1, FlowClass.RETURN);
              }
            });
    assertFound(broken, "FLOW right/broken one/one", "13");
  }

  @Test
  void aWrongTargetIsFound() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (result.flow() == FlowClass.JUMP && input.get(1) >= 0x80) {
                result.target(input.address() + 2 + input.get(1));
              }
            });
    assertFound(broken, "TARGET right/broken jump/jump", "4080");
  }

  @Test
  void wrongRegistersAreFound() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (result.length() == 3 && (input.get(2) & 15) == 5) {
                result.registers(result.registersRead(), 1 << 4);
              }
            });
    assertFound(broken, "WRITTEN right/broken move/move", "800005");
  }

  @Test
  void acceptingTooMuchIsFound() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (starts(input, 0xD0)) {
                result.instruction(1, FlowClass.NEXT).mnemonic("odd");
              }
            });
    assertFound(broken, "STATUS right/broken INVALID/odd", "d0");
  }

  @Test
  void anExceptionIsACrash() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (starts(input, 0x33)) {
                throw new IllegalStateException("planted");
              }
            });
    assertFound(broken, "CRASH broken java.lang.IllegalStateException", "33");
  }

  @Test
  void readingPastTheInputIsACrashOfADecoderInJava() {
    Decoder broken =
        broken(
            (input, result) -> {
              if (starts(input, 0x35)) {
                result.target(input.get(input.available()));
              }
            });
    assertFound(broken, "CRASH broken java.lang.IndexOutOfBoundsException", "35");
  }

  @Test
  void boundsAreCheckedForEachLength() {
    assertBounds(
        "READ_PAST",
        (input, result) -> {
          if (starts(input, 0x35) && input.memory().get(input.available()) != 0) {
            result.instruction(1, FlowClass.RETURN);
          }
        });
    assertBounds(
        "EXACT",
        (input, result) -> {
          if (starts(input, 0x35) && input.available() == 1) {
            result.partial();
          }
        });
    assertBounds(
        "TRUNCATED",
        (input, result) -> {
          if (starts(input, 0x75) && input.available() == 1) {
            result.instruction(1, FlowClass.NEXT).mnemonic("jump");
          }
        });
    assertBounds(
        "TOO_LONG",
        (input, result) -> {
          if (starts(input, 0x35)) {
            result.instruction(9, FlowClass.NEXT);
          }
        });
  }

  private static void assertBounds(String category, BiConsumer<CodeInput, Decoded> change) {
    FuzzReport report =
        FuzzRun.of(TableDecoder.SET)
            .oracle(
                new BoundsOracle(
                    TableDecoder.SET, List.of(new TableDecoder("right"), broken(change))))
            .cases(CASES)
            .run();
    assertThat(report.tally().bins())
        .extracting(bin -> bin.finding().category() + " " + bin.finding().subject())
        .containsExactly(category + " broken");
  }
}
