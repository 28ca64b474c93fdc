package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.Generator;
import io.github.optprobe.testkit.fuzz.Shard;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code optprobe fuzz}: decoders against each other, and against relocated instructions. */
@Command(
    name = "fuzz",
    description = {
      "Make cases, have oracles judge them, and show what they object to.",
      "Each kind of finding is one bin with one example, made small, and the commands that show it"
          + " again. Known disagreements are not shown, but those that are none any more are.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe fuzz --isa x86-64 --cases 1000000",
      "  optprobe fuzz --isa t32 --oracle execution --seconds 60 --html fuzz.html",
      "  optprobe fuzz --isa a32 --generator exhaustive --shard 3/16 --state a32 --json",
    })
public final class FuzzCommand implements Callable<Integer> {
  private static final long CASES = 100_000;
  private static final long ENDLESS = 1L << 40;
  private static final long NANOS = 1_000_000_000;

  @Mixin private final FuzzChoices choices = new FuzzChoices();

  @Option(
      names = "--cases",
      paramLabel = "N",
      description =
          "How many cases all shards have together; without it 100,000, or as many as go into"
              + " --seconds, or all that there are of an exhaustive generator and of a corpus.")
  private @Nullable Long cases;

  @Option(names = "--seconds", paramLabel = "N", description = "Stop after so many seconds.")
  private @Nullable Long seconds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Decides what the cases are; 1 without it.")
  private String seed = "1";

  @Option(
      names = "--shard",
      paramLabel = "K/N",
      description = "Do the part K of N parts; all without it.")
  private String shard = "1/1";

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Keep what was done in FILE.1, FILE.2, and so on, one for each job, and go on from there.")
  private @Nullable Path state;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Use so many threads; as many as there are processors without it.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--isolated",
      description =
          "Run decoders in other processes: one that crashes or hangs its process is a finding.")
  private boolean isolated;

  @Option(names = "--json", description = "Write JSON lines, and no progress.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write an HTML page too, which needs no other file.")
  private @Nullable Path html;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command. */
  public FuzzCommand() {}

  @Override
  public Integer call() {
    Streams streams = Streams.of(spec);
    FuzzOrder order = order();
    try (Writer page = html == null ? Writer.nullWriter() : open(html)) {
      FuzzOutcome outcome = run(order, streams.err(), done -> print(done, streams, page));
      return outcome.exitCode().number();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private FuzzOrder order() {
    atLeastOne("--jobs", jobs);
    atLeastOne("--cases", cases == null ? 1 : cases);
    atLeastOne("--seconds", seconds == null ? 1 : seconds);
    requireFolder();
    Campaign campaign = choices.campaign(Set.of(OracleKind.DECODERS));
    if (isolated) {
      IsolatedPart.require(campaign);
      if (seconds != null) {
        throw CommandFailure.usage("--isolated goes on to the last case: no --seconds");
      }
    }
    return new FuzzOrder(
        campaign,
        cases(campaign),
        Place.number(seed, 0),
        shard(),
        jobs,
        Optional.ofNullable(state),
        isolated);
  }

  private void requireFolder() {
    Path folder = state == null ? null : state.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw CommandFailure.usage("--state: there is no directory " + Printable.of("" + folder));
    }
  }

  private static void atLeastOne(String option, long value) {
    if (value < 1) {
      throw CommandFailure.usage("%s is at least 1: %d".formatted(option, value));
    }
  }

  private Shard shard() {
    try {
      return Shard.parse(shard);
    } catch (IllegalArgumentException none) {
      throw CommandFailure.usage(
          Caret.rest(shard, 0, "--shard: no such shard", "K/N, with K from 1 to N"));
    }
  }

  private long cases(Campaign campaign) {
    Generator generator = GeneratorChoice.make(campaign.generator(), campaign.isa());
    OptionalLong all = generator.size();
    long otherwise = seconds == null ? CASES : ENDLESS;
    long wanted = cases == null ? all.orElse(otherwise) : cases;
    return Math.min(wanted, all.orElse(wanted));
  }

  private FuzzOutcome run(
      FuzzOrder order, PrintWriter err, java.util.function.Consumer<FuzzOutcome> sink) {
    boolean timed = seconds != null && cases == null;
    long from = order.shard().from(order.cases());
    long work = timed ? seconds() : order.shard().to(order.cases()) - from;
    Progress.Unit unit = timed ? Progress.Unit.SECONDS : Progress.Unit.CASES;
    FuzzJobs[] running = new FuzzJobs[1];
    try (StopSignal signal = new StopSignal(() -> interrupt(running[0]));
        Progress progress = Progress.of("fuzz", work, unit, json || isolated, err)) {
      FuzzMeter meter = new FuzzMeter(progress, order.jobs(), timed, System::nanoTime);
      try (FuzzJobs all = new FuzzJobs(order, meter, stop(signal))) {
        running[0] = all;
        FuzzOutcome outcome = all.run();
        progress.aside(
            () -> {
              sink.accept(outcome);
              sayHowToGoOn(outcome, err);
            });
        return outcome;
      }
    }
  }

  private long seconds() {
    return Objects.requireNonNull(seconds, "asked before");
  }

  private static void interrupt(@Nullable FuzzJobs running) {
    if (running != null) {
      running.interrupt();
    }
  }

  private BooleanSupplier stop(StopSignal signal) {
    if (seconds == null) {
      return signal::isAsked;
    }
    long end = System.nanoTime() + seconds * NANOS;
    return () -> signal.isAsked() || System.nanoTime() - end > 0;
  }

  private void sayHowToGoOn(FuzzOutcome outcome, PrintWriter err) {
    if (!outcome.report().complete() && !json) {
      err.println(howToGoOn());
      err.flush();
    }
  }

  private String howToGoOn() {
    if (state == null) {
      return "fuzz: stopped; with --state FILE it could go on from here";
    }
    List<String> words = new ArrayList<>(List.of("./optprobe"));
    words.addAll(
        Objects.requireNonNull(spec, "picocli fills it")
            .root()
            .commandLine()
            .getParseResult()
            .originalArgs());
    return "fuzz: stopped; to go on: " + ShellWords.join(words);
  }

  private void print(FuzzOutcome outcome, Streams streams, Writer page) {
    FuzzReporter reporter = json ? new FuzzJson(streams.out()) : new FuzzText(streams.out());
    reporter.print(outcome);
    if (html != null) {
      new FuzzHtml(page).print(outcome);
    }
    streams.finish();
  }

  private static Writer open(Path file) {
    try {
      return Files.newBufferedWriter(file);
    } catch (IOException failed) {
      throw new CommandFailure(ExitCode.USAGE, "--html: can not write " + failed, failed);
    }
  }
}
