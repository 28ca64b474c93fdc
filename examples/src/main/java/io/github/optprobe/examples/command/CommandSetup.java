package io.github.optprobe.examples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;

/** What all commands have in common: how mistakes are told, and the exit codes in the help. */
public final class CommandSetup {
  private static final int WIDTH = 100;

  private CommandSetup() {}

  /** Adds it to a command and all its subcommands. */
  public static CommandLine apply(CommandLine line) {
    describe(line);
    return line.setExecutionExceptionHandler(CommandSetup::failed)
        .setParameterExceptionHandler(CommandSetup::wrongArguments)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(WIDTH);
  }

  private static void describe(CommandLine line) {
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec()
        .usageMessage()
        .exitCodeList(
            picocli.CommandLine.Model.UsageMessageSpec.keyValuesMap(ExitCode.helpLines()));
    line.getSubcommands().values().forEach(CommandSetup::describe);
  }

  private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    String name = line.getCommandSpec().qualifiedName() + ": ";
    if (failure instanceof CommandFailure known) {
      err.println(name + known.getMessage());
      err.flush();
      return known.exitCode().number();
    }
    if (isMissing(failure)) {
      err.println(name + failure.getMessage());
      err.flush();
      return ExitCode.MISSING.number();
    }
    if (failure instanceof IOException || failure instanceof UncheckedIOException) {
      err.println(name + Printable.of(failure.toString()));
      err.flush();
      return ExitCode.FOUND.number();
    }
    err.println(name + "this is a bug:");
    failure.printStackTrace(err);
    err.flush();
    return ExitCode.BROKEN.number();
  }

  /** Whether a failure says that something is not on this machine. */
  static boolean isMissing(Exception failure) {
    return (failure instanceof CommandFailure known && known.exitCode() == ExitCode.MISSING)
        || failure instanceof io.github.optprobe.x86.DecoderUnavailableException
        || failure instanceof io.github.optprobe.arm32.DecoderUnavailableException
        || failure instanceof io.github.optprobe.testkit.decode.DecoderUnavailableException
        || failure instanceof io.github.optprobe.testkit.traced.TracedUnavailableException
        || failure instanceof io.github.optprobe.testkit.emulator.EmulatorUnavailableException;
  }

  private static int wrongArguments(CommandLine.ParameterException wrong, String[] arguments) {
    CommandLine line = wrong.getCommandLine();
    PrintWriter err = line.getErr();
    String name = line.getCommandSpec().qualifiedName();
    err.println(name + ": " + wrong.getMessage());
    if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        err.println("  did you mean " + String.join(" or ", suggestions) + "?");
      }
    }
    err.println("  " + name + " --help says what there is.");
    err.flush();
    return ExitCode.USAGE.number();
  }
}
