package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.examples.OptprobeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code docs/command-line.md} shows is what there is. */
class CommandLineDocTest {
  private static final Path PAGE = Path.of("../docs/command-line.md");
  private static final String RESOURCES = "src/test/resources/";
  private static final Pattern EXAMPLE =
      Pattern.compile("```console\n\\$ \\./optprobe ([^\n]*)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @Test
  void its_examples_print_what_it_says() throws IOException {
    Matcher example = EXAMPLE.matcher(page());
    List<String> run = new ArrayList<>();
    while (example.find()) {
      // The page stands in the root, the tests in this module.
      String arguments = example.group(1).replace("examples/" + RESOURCES, RESOURCES);
      Ran ran = Ran.optprobe(split(arguments));
      String printed = (ran.out() + ran.err()).replace(RESOURCES, "examples/" + RESOURCES);
      assertThat(withoutTime(printed)).as(arguments).isEqualTo(withoutTime(example.group(2)));
      run.add(arguments);
    }
    assertThat(run).hasSize(8);
  }

  private static String withoutTime(String printed) {
    return printed.replaceAll("[\\d.]+ s, [\\d,]+ cases/s", "some time");
  }

  private static String[] split(String arguments) {
    return ARGUMENT
        .matcher(arguments)
        .results()
        .map(each -> each.group(1) == null ? each.group(2) : each.group(1))
        .toArray(String[]::new);
  }

  @Test
  void it_has_all_commands_options_exit_codes_and_counts() throws IOException {
    String page = page();

    CommandLine line = OptprobeCommand.commandLine();
    assertThat(line.getSubcommands().keySet())
        .allSatisfy(command -> assertThat(page).contains("| `optprobe " + command + "` |"));
    Stream.of("explain", "sweep", "fuzz", "replay")
        .flatMap(name -> line.getSubcommands().get(name).getCommandSpec().options().stream())
        .map(option -> option.longestName())
        .filter(option -> !option.equals("--version"))
        .forEach(option -> assertThat(page).contains(option));
    assertThat(ExitCode.values())
        .allSatisfy(code -> assertThat(page).contains("| " + code.number() + " | "));
    assertThat(Arrays.stream(Tally.Count.values()).map(Tally.Count::field))
        .allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
  }

  @Test
  void the_help_has_examples_and_exit_codes() {
    for (String command : List.of("explain", "sweep", "fuzz", "replay")) {
      Ran ran = Ran.optprobe(command, "--help");

      assertThat(ran.exitCode()).isZero();
      assertThat(ran.err()).isEmpty();
      assertThat(ran.out()).contains("Examples:", "optprobe " + command, "Exit codes:");
      assertThat(ran.out().lines()).allMatch(line -> line.length() <= 100);
    }
    assertThat(Ran.optprobe("--help").out())
        .contains("explain", "sweep", "fuzz", "replay", "Exit codes:");
    assertThat(Ran.optprobe("generate-completion").out()).startsWith("#!/usr/bin/env bash");
  }

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }
}
