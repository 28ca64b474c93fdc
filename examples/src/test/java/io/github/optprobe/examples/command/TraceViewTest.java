package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.examples.OptprobeCommand;
import io.github.optprobe.examples.agent.Line;
import io.github.optprobe.examples.agent.Line.Word;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TraceViewTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Streams streams = new Streams(new PrintWriter(out), new PrintWriter(err));

  @Test
  void on_a_terminal_the_table_is_drawn_over_itself() {
    TraceView view = new TraceView(List.of("liba!f", "liba!g"), streams, true);
    view.show(new Line(Word.READY, List.of()));
    round(view, "1000", "2500");
    round(view, "4000", "4500");
    view.show(new Line(Word.CALL, List.of("1", "99", "0x7f", "0x1", "0x2")));

    assertThat(err.toString())
        .contains("liba!f")
        // 2,500 in the first 1,000 ms, 2,000 in the next 3,000 ms
        .containsPattern("liba!f +2,500 +2,500 +3  BOOSTED")
        .containsPattern("liba!f +667 +4,500 +3  BOOSTED")
        .contains("\u001b[3A");
    assertThat(out.toString()).isEqualTo("liba!g(0x1, 0x2)  thread 0x7f\n");
  }

  @Test
  void elsewhere_there_is_a_line_for_each_function_and_round() {
    TraceView view = new TraceView(List.of("liba!f", "liba!g"), streams, false);
    round(view, "1000", "2500");
    view.show(new Line(Word.RETURNED, List.of("0", "main", "0x5")));
    view.show(new Line(Word.HISTOGRAM, List.of("0", "[1, 1]  7")));
    view.show(new Line(Word.END, List.of("2", "true")));

    assertThat(view.finish()).isEqualTo(ExitCode.OK);
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("     1.0 s  liba!f  2,500 hits/s  2,500 hits  BOOSTED\n")
        .contains("liba!f = 0x5  thread main\n", "liba!f:\n  [1, 1]  7\n")
        .endsWith("1.0 s, 2 probes removed, the text is as it was\n");
  }

  @Test
  void text_that_was_not_restored_is_a_failure_and_so_is_a_process_that_ended() {
    TraceView broken = new TraceView(List.of("liba!f"), streams, false);
    broken.show(new Line(Word.END, List.of("1", "false")));
    TraceView ended = new TraceView(List.of("liba!f"), streams, false);

    assertThat(broken.finish()).isEqualTo(ExitCode.FOUND);
    assertThat(out.toString()).contains("NOT as it was");
    assertThatThrownBy(ended::finish)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("ended");
  }

  @Test
  void what_the_agent_says_survives_the_line() {
    Line line = new Line(Word.CALL, List.of("1", "with blank", ""));

    assertThat(Line.parse(line.toString())).isEqualTo(line);
    assertThat(line.number(0)).isEqualTo(1);
  }

  @Test
  void wrong_arguments_are_told_before_anything_is_done() {
    assertThat(wrong("liba")).contains("this is no LIB!SYMBOL");
    assertThat(wrong("!f")).contains("this is no LIB!SYMBOL");
    assertThat(wrong("liba!f", "--args", "7")).contains("--args is 0 to 6: 7");
    assertThat(wrong("liba!f", "--interval", "0")).contains("--interval");
    assertThat(wrong("liba!f", "--seconds", "-1")).contains("--seconds");
    assertThat(wrong("liba!f", "--count", "--ret")).contains("--count goes without");
    assertThat(wrong("liba!f", "--histogram", "eax")).contains("x86-64 has no register eax");
    assertThat(Ran.optprobe("live").exitCode()).isEqualTo(2);
  }

  private static String wrong(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "live";
    all[1] = "trace";
    all[2] = "1";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    Ran ran = Ran.optprobe(all);
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    return ran.err();
  }

  @Test
  void the_manual_has_all_options_and_the_help_has_examples() throws IOException {
    String page = Files.readString(Path.of("../docs/command-line.md"));
    CommandLine live = OptprobeCommand.commandLine().getSubcommands().get("live");

    live.getSubcommands().values().stream()
        .flatMap(command -> command.getCommandSpec().options().stream())
        .map(option -> option.longestName())
        .filter(option -> !option.equals("--version"))
        .forEach(option -> assertThat(page).contains(option));
    for (String command : List.of("demo", "list", "trace")) {
      Ran ran = Ran.optprobe("live", command, "--help");
      assertThat(ran.exitCode()).isZero();
      assertThat(ran.out()).contains("Examples:", "optprobe live " + command, "Exit codes:");
      assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    }
  }

  private static void round(TraceView view, String millis, String hits) {
    view.show(new Line(Word.ROW, List.of("0", hits, "3", "BOOSTED")));
    view.show(new Line(Word.ROW, List.of("1", "0", "0", "-")));
    view.show(new Line(Word.ROUND, List.of(millis)));
  }
}
