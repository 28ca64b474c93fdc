package io.github.optprobe.examples;

import io.github.optprobe.examples.command.LiveListCommand;
import io.github.optprobe.examples.command.LiveTraceCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code optprobe live}: probes on native code of running JVMs. */
@Command(
    name = "live",
    description = "Put probes on native code of running JVMs, on x86-64 Linux.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {LiveDemoCommand.class, LiveListCommand.class, LiveTraceCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe live demo",
      "  optprobe live list 4711 libz.so.1",
      "  optprobe live trace 4711 'libz.so.1!deflate' --seconds 10",
    })
final class LiveCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        java.util.Objects.requireNonNull(spec, "picocli fills it").commandLine(),
        "one of its commands is missing: demo, list or trace");
  }
}
