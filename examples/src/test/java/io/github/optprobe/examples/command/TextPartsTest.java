package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands read and say, part by part. */
class TextPartsTest {
  @Test
  void places_are_addresses_or_symbols() {
    assertThat(Place.parse("0x10")).isEqualTo(new Place.Address(16));
    assertThat(Place.parse("0XfF")).isEqualTo(new Place.Address(255));
    assertThat(Place.parse("0xffffffffffffffff")).isEqualTo(new Place.Address(-1));
    assertThat(Place.parse("main")).isEqualTo(new Place.Symbol("main", 0));
    assertThat(Place.parse("main+12")).isEqualTo(new Place.Symbol("main", 12));
    assertThat(Place.parse("main+0x12")).isEqualTo(new Place.Symbol("main", 18));
    assertThat(Place.parse("a+b+1")).isEqualTo(new Place.Symbol("a+b", 1));
    assertThat(Place.parse("0y")).isEqualTo(new Place.Symbol("0y", 0));
  }

  /** The caret stands under the first character that is wrong, two blanks further in. */
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "0x, 2",
    "0x12g4, 4",
    "main+, 5",
    "main+0x, 7",
    "main+-1, 5",
    "main+1z, 6",
    "main+0x1z, 8",
    "main+18446744073709551616, 5",
    "+1, 0",
    "0x\uff11, 2",
  })
  void the_caret_stands_where_a_place_is_wrong(String place, int column) {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> Place.parse(place))
        .satisfies(
            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE),
            e ->
                assertThat(e.getMessage().lines().skip(2).findFirst().orElseThrow())
                    .startsWith(" ".repeat(2 + column) + "^"));
  }

  @Test
  void a_long_argument_is_cut_around_the_mistake() {
    String input = "x".repeat(200) + "!" + "y".repeat(200);
    String caret = new Caret(input, 200, 1, "wrong", "this").toString();
    List<String> lines = caret.lines().toList();

    assertThat(lines.get(1)).hasSizeLessThan(70).contains("x!y");
    assertThat(lines.get(2).indexOf('^')).isEqualTo(lines.get(1).indexOf('!'));
  }

  @Test
  void names_that_are_alike_are_suggested_the_most_alike_first() {
    List<String> names = List.of("crc32", "crc32_z", "adler32", "inflate", "inflateInit", "x");

    assertThat(Suggestions.of("crc23", names)).containsExactly("crc32");
    assertThat(Suggestions.of("inflat", names)).containsExactly("inflate", "inflateInit");
    assertThat(Suggestions.of("crc32", names)).startsWith("crc32", "crc32_z");
    assertThat(Suggestions.of("nothing_like_it", names)).isEmpty();
    assertThat(Suggestions.of("y", names)).containsExactly("x");
  }

  @Test
  void bytes_are_pairs_of_digits() {
    assertThat(HexBytes.parse("90")).containsExactly(0x90);
    assertThat(HexBytes.parse("0fA0, c3  00")).containsExactly(0x0f, 0xa0, 0xc3, 0x00);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "9", "9 0", "90 9", "90g0", "0x90", "\uff11\uff11"})
  void what_is_no_pairs_of_digits_is_refused(String bytes) {
    assertThatExceptionOfType(CommandFailure.class).isThrownBy(() -> HexBytes.parse(bytes));
  }

  @Test
  void sentences_are_broken_and_words_that_are_too_long_cut() {
    assertThat(Wrapped.lines("  ", "one two three", 9)).containsExactly("  one two", "  three");
    assertThat(Wrapped.lines("  ", "a 123456789 b", 9)).containsExactly("  a", "  123456~", "  b");
    assertThat(Wrapped.lines("  ", "", 9)).containsExactly("  ");
  }

  @Test
  void what_moves_cursors_or_text_is_replaced() {
    assertThat(Printable.of("a\tb\u001b\u009b\u202e\ud800\uffffc"))
        .isEqualTo("a\ufffdb\ufffd\ufffd\ufffd\ufffd\ufffdc");
    assertThat(Printable.of("na\u00efve \ud83d\ude00")).isEqualTo("na\u00efve \ud83d\ude00");
    assertThat(Printable.cut("abcdef", 4)).isEqualTo("abc~");
    assertThat(Printable.cut("abcd", 4)).isEqualTo("abcd");
    assertThat(Printable.cutLeft("abcdef", 4)).isEqualTo("~def");
    assertThat(Printable.cutLeft("abcd", 4)).isEqualTo("abcd");
  }

  @Test
  void exit_codes_are_what_scripts_expect() {
    assertThat(ExitCode.values()).extracting(ExitCode::number).containsExactly(0, 1, 2, 3, 70);
  }
}
