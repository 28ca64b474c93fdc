package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandTest {
  /** GNU as: {@code asrs r6, r5, #15; pop {r1, r2, pc}}; the conformance kit prints such a line. */
  @Test
  void several_instructions_are_executed_as_one_function_too() {
    Ran ran = replay("--isa t32 --hex ee1306bd --seed 0x5eed --oracle execution");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .startsWith("t32 ee1306bd\n")
        .contains("\nexecution: agrees\n", "asrs r6, r5, #0xf")
        .contains("\nall of it as one function: agrees\n  executed: {SINGLE_STEP=");
    assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    assertThat(replay("--isa t32 --hex ee13 --oracle execution").out())
        .doesNotContain("as one function");
  }

  /** Zydis against a scan, which has one word for all indirect jumps; CB is a far return. */
  @Test
  void what_is_known_is_said_and_is_no_finding() {
    Ran known = replay("--isa x86-64 --hex cb --oracle decoders --decoders zydis,optprobe");

    assertThat(known.exitCode()).isZero();
    assertThat(known.out()).contains("\ndecoders: known\n", "    known 2026-");
    Ran unknown =
        replay("--isa x86-64 --hex cb --oracle decoders --decoders zydis,optprobe --known none");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.out()).contains("decoders: objects\n  FLOW zydis/optprobe ret/ret");
  }

  @Test
  void json_has_the_documented_fields() {
    Ran ran = replay("--isa rv64i --hex 6386000113050500 --json");

    assertThat(ran.exitCode()).isZero();
    Map<String, Object> line = ran.json().get(0);
    assertThat(line)
        .containsEntry("schema", "optprobe.replay")
        .containsEntry("version", 1L)
        .containsEntry("type", "replay")
        .containsEntry("isa", "rv64i")
        .containsEntry("bytes", "6386000113050500")
        .containsEntry("seed", "0x5eed")
        .containsEntry("exitCode", 0L)
        .containsKey("missing");
    assertThat((Map<?, ?>) line.get("whole"))
        .extracting(Map::keySet)
        .asString()
        .isEqualTo("[compared, cases, notCompared, refused, differences]");
    assertThat(maps(line.get("decoders")))
        .extracting(each -> each.get("decoder"), each -> each.get("target"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("optprobe", "0x800000c"),
            org.assertj.core.groups.Tuple.tuple("jumps", "0x800000c"));
    assertThat(maps(line.get("oracles")))
        .extracting(each -> each.get("oracle"))
        .isEqualTo(List.of("decoders", "bounds", "relocation", "execution"));
  }

  @Test
  void a_case_of_a_campaign_is_made_again() {
    Ran ran = replay("--isa rv32i --generator encoded --seed 7 --case 12 --oracle decoders --json");

    assertThat(ran.exitCode()).isZero();
    assertThat((String) ran.json().get(0).get("bytes")).hasSize(8);
    assertThat(replay("--isa rv32i --seed 7 --case 12 --oracle decoders --json").out())
        .isEqualTo(ran.out());
    assertThat(replay("--isa rv32i --seed 8 --case 12 --oracle decoders --json").out())
        .isNotEqualTo(ran.out());
  }

  /** HLT: no copy of it is ever executed. */
  @Test
  void what_can_not_be_compared_is_not_called_agreeing() {
    assertThat(replay("--isa x86-64 --hex f4 --oracle relocation,execution").out())
        .contains("relocation: nothing to compare", "execution: nothing to compare");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--isa a32; either --hex, or --case",
        "--isa a32 --hex 00 --case 1; either --hex, or --case",
        "--isa a32 --hex 00xx; '    ^ 0 to 9'",
        "--isa a32 --case -1; --case is at least 0",
        "--isa a33 --hex 00; ^^^ one of",
      })
  void wrong_arguments_end_it_with_2(String arguments, String message) {
    Ran ran = replay(arguments);

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message).doesNotContain("\tat ");
  }

  /** Asked for nothing in particular, it says what it can; asked for one thing, it must. */
  @Test
  void an_oracle_that_can_not_be_asked_is_an_answer_unless_it_was_wanted() {
    Ran any = replay("--isa rv64i --hex 13050500 --decoders optprobe");
    assertThat(any.exitCode()).isZero();
    assertThat(any.out()).contains("decoders: not asked\n  2 decoders are needed");
    assertThat(
            replay("--isa rv64i --hex 13050500 --decoders optprobe --oracle decoders").exitCode())
        .isEqualTo(3);
  }

  private static Ran replay(String arguments) {
    return Ran.optprobe(("replay " + arguments).split(" ", -1));
  }

  private static List<Map<?, ?>> maps(Object list) {
    return ((List<?>) list).stream().<Map<?, ?>>map(Map.class::cast).toList();
  }
}
