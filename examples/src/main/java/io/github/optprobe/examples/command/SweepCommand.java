package io.github.optprobe.examples.command;

import io.github.optprobe.Tier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code optprobe sweep}: what would become of a probe at each instruction of ELF files. */
@Command(
    name = "sweep",
    description = {
      "Say what would become of a probe at each instruction of ELF files.",
      "Libraries and programs for x86-64, x86-32 and 32-bit ARM (A32 and T32). Directories are"
          + " searched; what is no ELF file there, and symbolic links, are left out and counted."
          + " A file that can not be read is named, and the others are swept.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe sweep /usr/lib/x86_64-linux-gnu/libz.so.1",
      "  optprobe sweep --json --tier OPTIMIZED build/lib",
      "  optprobe sweep --html sweep.html --jobs 4 build/lib",
    })
public final class SweepCommand implements Callable<Integer> {
  private final Optional<BoundaryExecutor.Source> executors;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "The files, and directories of files.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "--json", description = "Write JSON lines, and no progress.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write an HTML page too, which needs no other file.")
  private @Nullable Path html;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      split = ",",
      description = "Ask about these tiers only: ${COMPLETION-CANDIDATES}.")
  private Set<Tier> tiers = EnumSet.allOf(Tier.class);

  @Option(
      names = "--isa",
      paramLabel = "ISA",
      split = ",",
      description = "Ask about code in these sets only: x86-64, x86-32, a32, t32.")
  private Set<String> sets = new LinkedHashSet<>();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Use so many threads; as many as there are processors without it.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--execute",
      description = "Execute each instruction in place and relocated, and compare.")
  private boolean execute;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command, which executes instructions in the emulator if it is asked to. */
  public SweepCommand() {
    this(Optional.of(new TrialExecutors()));
  }

  /**
   * Creates the command.
   *
   * @param executors what {@code --execute} uses; empty if there is nothing
   */
  public SweepCommand(Optional<BoundaryExecutor.Source> executors) {
    this.executors = executors;
  }

  @Override
  public Integer call() {
    Streams streams = Streams.of(spec);
    SweepOptions options = options();
    FileFinder finder = new FileFinder();
    paths.forEach(finder::add);
    SweepTotals totals = new SweepTotals(execute);
    totals.addLeftOut(finder.leftOut());
    List<SweepReport> reports = reports(streams.out());
    try {
      Consumer<SweepResult> sink =
          result -> {
            totals.add(result);
            reports.forEach(report -> report.file(result));
          };
      finder.failed().forEach(sink);
      sweep(finder.found(), options, sink, streams.err());
      reports.forEach(report -> report.end(totals));
    } finally {
      reports.forEach(SweepReport::close);
      executors.ifPresent(BoundaryExecutor.Source::close);
    }
    streams.finish();
    return totals.exitCode().number();
  }

  private SweepOptions options() {
    if (jobs < 1) {
      throw CommandFailure.usage("--jobs is at least 1: " + jobs);
    }
    if (execute && executors.isEmpty()) {
      throw new CommandFailure(
          ExitCode.MISSING, "--execute: this build of the command has nothing that executes");
    }
    sets.forEach(Isa::requireKnown);
    return new SweepOptions(tiers, sets, execute ? executors : Optional.empty());
  }

  private void sweep(
      List<Path> files, SweepOptions options, Consumer<SweepResult> sink, PrintWriter err) {
    long work = files.stream().mapToLong(FileSweep::work).sum();
    ForkJoinPool pool = new ForkJoinPool(jobs);
    try (Progress progress = Progress.of("sweep", work, json, err)) {
      Queue<FileSweep> started = new ArrayDeque<>();
      for (Path file : files) {
        FileSweep sweep = new FileSweep(file, options, progress);
        pool.execute(sweep);
        started.add(sweep);
      }
      while (!started.isEmpty()) {
        // Taken out, so that what is reported need not be kept.
        SweepResult result = started.remove().result();
        progress.aside(() -> sink.accept(result));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** Where the results go: one answer, and a page if it is wanted. */
  private List<SweepReport> reports(PrintWriter out) {
    List<SweepReport> reports = new ArrayList<>();
    reports.add(json ? new SweepJson(out) : new SweepText(out));
    if (html != null) {
      reports.add(new SweepHtml(open(html)));
    }
    return reports;
  }

  private static Writer open(Path file) {
    try {
      return Files.newBufferedWriter(file);
    } catch (IOException failed) {
      throw new CommandFailure(ExitCode.USAGE, "--html: can not write " + failed, failed);
    }
  }
}
