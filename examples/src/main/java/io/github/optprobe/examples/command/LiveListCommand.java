package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.Line;
import io.github.optprobe.examples.agent.TraceRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code optprobe live list}: what can be probed in another JVM. */
@Command(
    name = "list",
    description = {
      "Say what native code is loaded into a JVM: its libraries, or the functions of one.",
      "Loads an agent into it; no probe is set.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  optprobe live list 4711", "  optprobe live list 4711 libz.so.1"})
public final class LiveListCommand implements Callable<Integer> {
  private static final int NAME_WIDTH = 32;

  @Parameters(index = "0", paramLabel = "PID", description = "The process: a JVM of the same user.")
  private long process;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "LIB",
      description = "The library's file name, the name it is linked by, or its path.")
  private @Nullable String library;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command. */
  public LiveListCommand() {}

  @Override
  public Integer call() throws IOException {
    Streams streams = Streams.of(spec);
    TraceRequest request = TraceRequest.list(library == null ? "" : library);
    try (Attachment agent = Attachment.open(process, request)) {
      new AgentAnswer(agent).readTo(line -> print(line, streams.out()));
    }
    streams.finish();
    return ExitCode.OK.number();
  }

  private static void print(Line line, PrintWriter out) {
    if (line.word() == Line.Word.LIBRARY) {
      out.printf(
          "%-" + NAME_WIDTH + "s %7s functions, %6s exported  %s%n",
          Printable.cut(line.field(0), NAME_WIDTH),
          line.field(2),
          line.field(3),
          Printable.of(line.field(1)));
    } else {
      out.printf("%s  %-8s  %s%n", line.field(1), line.field(2), Printable.of(line.field(0)));
    }
  }
}
