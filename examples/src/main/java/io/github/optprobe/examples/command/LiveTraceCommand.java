package io.github.optprobe.examples.command;

import io.github.optprobe.examples.agent.TraceRequest;
import io.github.optprobe.live.Operand;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code optprobe live trace}: probes on functions of another JVM, watched. */
@Command(
    name = "trace",
    description = {
      "Probe native functions of a running JVM, and watch how often they are called.",
      "Loads an agent into it, which removes all probes when the command ends: after --seconds, by"
          + " Ctrl-C, or in any other way. Leaves with 1 if a function can not be probed.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe live trace 4711 'libz.so.1!deflate' 'libz.so.1!inflate' --seconds 10",
      "  optprobe live trace 4711 'libnio.so!Java_sun_nio_ch_EPoll_wait' --args 6",
      "  optprobe live trace 4711 'libc.so.6!malloc' --histogram rdi",
    })
public final class LiveTraceCommand implements Callable<Integer> {
  private static final int MOST_ARGUMENTS = 6;
  private static final double MILLIS = 1000;
  private static final double LEAST_INTERVAL = 0.01;
  private static final double MOST_SECONDS = 1e6;

  @Parameters(index = "0", paramLabel = "PID", description = "The process: a JVM of the same user.")
  private long process;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "LIB!SYMBOL",
      description = "The functions; optprobe live list says what there is.")
  private List<String> places = List.of();

  @Option(
      names = "--args",
      paramLabel = "N",
      description = "Show each call with its first N integer arguments, at most 6.")
  private int arguments;

  @Option(
      names = "--ret",
      description = "Show what each call returns (rax). The handler is in Java: see the manual.")
  private boolean returns;

  @Option(names = "--count", description = "Count only, as without any of the other options.")
  private boolean countOnly;

  @Option(
      names = "--histogram",
      paramLabel = "REG",
      description = "Show in the end how large the values of a register were at the entry.")
  private String histogram = "";

  @Option(names = "--seconds", paramLabel = "N", description = "Stop then; without it, at Ctrl-C.")
  private double seconds;

  @Option(
      names = "--interval",
      paramLabel = "N",
      description = "Seconds between two reports; 1 without it.")
  private double interval = 1;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command. */
  public LiveTraceCommand() {}

  @Override
  public Integer call() throws IOException {
    Streams streams = Streams.of(spec);
    TraceView view = new TraceView(places, streams, Terminal.isOnStandardError());
    try (Attachment agent = Attachment.open(process, request())) {
      return watch(agent, view, streams);
    }
  }

  private static int watch(Attachment agent, TraceView view, Streams streams) throws IOException {
    StopSignal signal = new StopSignal(agent::stop);
    try (signal) {
      new AgentAnswer(agent).readTo(view::show);
      ExitCode code = view.finish();
      streams.finish();
      return code.number();
    }
  }

  private TraceRequest request() {
    places.forEach(LiveTraceCommand::check);
    check(arguments >= 0 && arguments <= MOST_ARGUMENTS, "--args is 0 to 6: " + arguments);
    check(seconds >= 0 && seconds <= MOST_SECONDS, "--seconds is 0 to 1,000,000: " + seconds);
    check(
        interval >= LEAST_INTERVAL && interval <= MOST_SECONDS,
        "--interval is 0.01 to 1,000,000: " + interval);
    boolean isMore = arguments > 0 || returns || !histogram.isEmpty();
    check(!countOnly || !isMore, "--count goes without --args, --ret and --histogram");
    checkRegister();
    return new TraceRequest(
        TraceRequest.Kind.TRACE,
        places,
        arguments,
        returns,
        histogram,
        (int) (interval * MILLIS),
        (long) (seconds * MILLIS));
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw CommandFailure.usage(message);
    }
  }

  private static void check(String place) {
    int mark = place.indexOf('!');
    if (mark <= 0 || mark == place.length() - 1) {
      throw CommandFailure.usage(
          Caret.rest(
              place, Math.max(0, mark), "this is no LIB!SYMBOL", "such as libz.so.1!deflate"));
    }
  }

  private void checkRegister() {
    if (!histogram.isEmpty()) {
      try {
        Operand.register(histogram);
      } catch (IllegalArgumentException unknown) {
        throw CommandFailure.usage("--histogram: " + unknown.getMessage());
      }
    }
  }
}
