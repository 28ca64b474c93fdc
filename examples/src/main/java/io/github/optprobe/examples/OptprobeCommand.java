package io.github.optprobe.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code optprobe} command. */
@Command(
    name = "optprobe",
    description = "Probes on machine instructions.",
    mixinStandardHelpOptions = true,
    version = "optprobe 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DemoCommand.class, DoctorCommand.class})
public final class OptprobeCommand {

  /** Creates the command. */
  public OptprobeCommand() {}

  /**
   * Runs the command and leaves with its exit code: 0 if all went well, 1 if not, 2 if the
   * arguments are wrong.
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new OptprobeCommand()).execute(args));
  }
}
