package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCommandTest {
  /**
   * What is printed, to the letter. Its bytes and mnemonics are those of {@code objdump -d -Mintel}
   * for these files but for the style of the operands; see build-tiny.sh.
   */
  @ParameterizedTest
  @CsvSource({
    "tiny-x86-64.so, count_up, explain-x86-64.txt",
    "tiny-x86-32.so, sum+0x16, explain-x86-32.txt",
    "tiny-a32.so, count_up, explain-a32.txt",
    "tiny-t32.so, pick+6, explain-t32.txt",
    "tiny-static, 0x401000, explain-static.txt",
  })
  void it_prints_what_it_printed(String file, String place, String golden) throws IOException {
    Ran ran = Ran.optprobe("explain", Ran.file(file), place);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).isEqualTo(Files.readString(Ran.FILES.resolve(golden)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tiny-x86-64.so", "tiny-x86-32.so", "tiny-a32.so", "tiny-t32.so", "tiny-pie"})
  void its_lines_are_short_and_plain(String file) {
    for (String place : List.of("add", "sum", "sum+8", "count_up", "pick")) {
      Ran ran = Ran.optprobe("explain", "-v", Ran.file(file), place);

      assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
      assertThat(ran.out()).matches("[\\x20-\\x7e\\n]+");
    }
  }

  @Test
  void all_of_the_detour_buffer_is_shown_if_that_is_asked() {
    Ran brief = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "count_up");
    Ran verbose = Ran.optprobe("explain", "--verbose", Ran.file("tiny-x86-64.so"), "count_up");

    assertThat(brief.out()).contains("instructions save registers").doesNotContain("pushfq");
    assertThat(verbose.out()).contains("pushfq").doesNotContain("instructions save registers");
  }

  @Test
  void the_same_place_can_be_named_in_three_ways() {
    Ran bySymbol = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "sum+2");

    assertThat(bySymbol.out()).contains("0x1026");
    assertThat(Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "sum+0x2")).isEqualTo(bySymbol);
    assertThat(Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "0x1026")).isEqualTo(bySymbol);
  }

  @Test
  void json_says_the_same() {
    Ran ran = Ran.optprobe("explain", "--json", Ran.file("tiny-x86-64.so"), "count_up");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.json()).hasSize(1);
    Map<String, Object> json = ran.json().get(0);
    assertThat(json)
        .containsEntry("schema", "optprobe.explain")
        .containsEntry("version", 1L)
        .containsEntry("type", "explanation")
        .containsEntry("source", "tiny-x86-64.so")
        .containsEntry("isa", "x86-64")
        .containsEntry("address", "0x104c")
        .containsEntry("stands", "0x104c")
        .containsEntry("function", "count_up")
        .containsEntry("offset", 0L)
        .containsEntry("probeable", true);
    assertThat((List<?>) json.get("tiers")).hasSize(4);
    // By objdump: 48 8b 15 8d 2f 00 00, of which a jump overwrites 5 bytes.
    Map<?, ?> jump = (Map<?, ?>) ((List<?>) json.get("tiers")).get(3);
    assertThat(jump.get("tier")).isEqualTo("OPTIMIZED");
    assertThat(jump.get("accepted")).isEqualTo(true);
    assertThat(((Map<?, ?>) jump.get("form")).get("bytes")).isEqualTo(5L);
    Map<?, ?> patch = (Map<?, ?>) ((List<?>) jump.get("patches")).get(0);
    assertThat(patch.get("before")).isEqualTo("48 8b 15 8d 2f");
    assertThat((String) patch.get("after")).startsWith("e9 ");
    assertThat((List<?>) json.get("listing")).isNotEmpty();
    assertThat((String) json.get("picture")).contains("detour buffer");
  }

  /** By objdump a branch at 0x102a leads to 0x1022, behind the 2 bytes at 0x1020. */
  @Test
  void json_says_why_not() {
    Ran ran = Ran.optprobe("explain", "--json", Ran.file("tiny-pie"), "0x1020");

    Map<?, ?> jump = (Map<?, ?>) ((List<?>) ran.json().get(0).get("tiers")).get(3);
    assertThat(jump.get("accepted")).isEqualTo(false);
    Map<?, ?> refusal = (Map<?, ?>) jump.get("refusal");
    assertThat(refusal.get("code")).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(refusal.get("address")).isEqualTo("0x102a");
    assertThat((String) refusal.get("advice")).contains("0x1022");
    assertThat((List<?>) ran.json().get(0).get("listing"))
        .extracting(each -> (Object) ((Map<?, ?>) each).get("mark"))
        .contains("probe", "window", "culprit", "");
  }

  /** {@code hlt} is for kernels only. */
  @Test
  void what_can_not_be_probed_ends_it_with_1() {
    Ran ran = Ran.optprobe("explain", "--isa", "x86-64", "--hex", "f4 c3");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).startsWith("REFUSED: bytes+0x0").contains("every tier", "hlt");
    Ran json = Ran.optprobe("explain", "--json", "--isa", "x86-64", "--hex", "f4 c3");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.json().get(0)).containsEntry("probeable", false).doesNotContainKey("picture");
  }

  @Test
  void bytes_can_lie_anywhere() {
    Ran here = Ran.optprobe("explain", "--isa", "t32", "--hex", "01 20 70 47");
    Ran there = Ran.optprobe("explain", "--isa", "t32", "--hex", "0120,7047", "--at", "0x8000");

    assertThat(here.out()).startsWith("PROBED BY A JUMP: bytes+0x0, 0x10000 (t32)");
    assertThat(there.out()).startsWith("PROBED BY A JUMP: bytes+0x0, 0x8000 (t32)");
  }

  @Test
  void the_middle_of_an_instruction_and_what_is_no_code_are_refused() {
    Ran middle = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "count_up+1");
    Ran outside = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "0x40000000");

    assertThat(middle.exitCode()).isEqualTo(1);
    assertThat(middle.out()).contains("NOT_A_BOUNDARY", "starts at 0x104c");
    assertThat(outside.exitCode()).isEqualTo(1);
    assertThat(outside.out()).contains("UNMAPPED");
  }

  @Test
  void a_misspelled_name_is_answered_with_names_like_it() {
    Ran ran = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "cuont_up+4");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualToNormalizingNewlines(
            """
            optprobe explain: no function has this name
              cuont_up+4
              ^^^^^^^^ did you mean count_up?
            """);
  }

  @Test
  void an_offset_that_leads_out_of_the_function_is_pointed_at() {
    Ran ran = Ran.optprobe("explain", Ran.file("tiny-x86-64.so"), "add+0x100");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .contains("the offset leads out of the function", "      ^^^^^ it has 0x4 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "explain; give a file and a place in it",
        "explain tiny; give a file and a place in it",
        "explain tiny add --at 0x10; --at belongs to --hex",
        "explain tiny --hex 90 --isa a32; give a file or --hex, not both",
        "explain --hex 90; --hex needs --isa",
        "explain --hex 9 --isa a32; half a byte",
        "explain --hex 9g --isa a32; this is no hexadecimal digit",
        "explain --hex , --isa a32; no bytes",
        "explain --hex 90 --isa z80; no such instruction set",
        "explain --hex 90909090 --isa a32 --at 0xfffffffe; this is no address",
        "explain --hex 90909090 --isa x86-64 --at 0xfffffffffffffffe; this is no address",
        "explain --hex 90909090 --isa a32 --at 12x; this is no number",
        "explain --nonsense; Unknown option",
        "explian; did you mean explain",
      })
  void wrong_arguments_end_it_with_2(String arguments, String message) {
    Ran ran = Ran.optprobe(arguments.split(" ", -1));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message).doesNotContain("Exception", "\tat ");
  }

  @ParameterizedTest
  @CsvSource({
    "tiny.o, is an object file",
    "tiny.c, is no ELF file",
    "not-there, is not there",
    "., can not be read",
  })
  void a_file_that_can_not_be_read_ends_it_with_1(String file, String why) {
    Ran ran = Ran.optprobe("explain", Ran.file(file), "add");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void where_nothing_tells_the_set_it_is_asked_for() {
    Ran ran = Ran.optprobe("explain", Ran.file("tiny-t32.so"), "0x4");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("give --isa");
    Ran told = Ran.optprobe("explain", Ran.file("tiny-t32.so"), "0x4", "--isa", "a32");
    assertThat(told.exitCode()).isEqualTo(1);
    assertThat(told.out()).contains("OUTSIDE_KNOWN_CODE");
    Ran other = Ran.optprobe("explain", Ran.file("tiny-t32.so"), "0x4", "--isa", "x86-64");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("another machine", "[a32, t32]");
  }
}
