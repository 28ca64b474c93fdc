package io.github.optprobe.examples;

import io.github.optprobe.examples.command.CommandSetup;
import io.github.optprobe.examples.command.ExplainCommand;
import io.github.optprobe.examples.command.FuzzCommand;
import io.github.optprobe.examples.command.ReplayCommand;
import io.github.optprobe.examples.command.SweepCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code optprobe} command. */
@Command(
    name = "optprobe",
    description = "Probes on machine instructions.",
    mixinStandardHelpOptions = true,
    version = "optprobe 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      LiveCommand.class,
      DoctorCommand.class,
      ExplainCommand.class,
      SweepCommand.class,
      FuzzCommand.class,
      ReplayCommand.class,
      GenerateCompletion.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe demo",
      "  optprobe live trace 4711 'libz.so.1!deflate'",
      "  optprobe explain /usr/lib/x86_64-linux-gnu/libz.so.1 crc32",
      "  optprobe sweep --html sweep.html /usr/lib/x86_64-linux-gnu/libz.so.1",
      "  . <(optprobe generate-completion)",
    })
public final class OptprobeCommand {

  /** Creates the command. */
  public OptprobeCommand() {}

  /**
   * Runs the command and leaves with its exit code: see {@link
   * io.github.optprobe.examples.command.ExitCode}.
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command with all its parts, to be executed. */
  public static CommandLine commandLine() {
    return CommandSetup.apply(new CommandLine(new OptprobeCommand()));
  }
}
