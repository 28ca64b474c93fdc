package io.github.optprobe.examples.command;

import io.github.optprobe.testkit.fuzz.CaseOracle;
import io.github.optprobe.testkit.fuzz.ExecutionTally;
import io.github.optprobe.testkit.fuzz.FuzzReport;
import io.github.optprobe.testkit.fuzz.FuzzRun;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Does an order: a thread for each part, with decoders and executors of its own. */
final class FuzzJobs implements AutoCloseable {
  /** How many seconds a part has to end that was told to. */
  private static final long PATIENCE = 60;

  private final FuzzOrder order;
  private final FuzzMeter meter;
  private final BooleanSupplier stop;
  private final ExecutorService threads;
  private volatile boolean failed;

  /** What came of a part. */
  private record Part(FuzzReport report, Optional<ExecutionTally> executed) {}

  FuzzJobs(FuzzOrder order, FuzzMeter meter, BooleanSupplier stop) {
    this.order = order;
    this.meter = meter;
    this.stop = stop;
    threads = Executors.newFixedThreadPool(order.jobs());
  }

  /**
   * Does it.
   *
   * @throws CommandFailure if a state file is that of another order
   */
  FuzzOutcome run() {
    long start = System.nanoTime();
    List<Future<Part>> futures = new ArrayList<>();
    for (int i = 0; i < order.jobs(); i++) {
      int job = i;
      futures.add(threads.submit(() -> part(job)));
    }
    List<Part> parts = futures.stream().map(FuzzJobs::result).toList();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new FuzzOutcome(
        order,
        FuzzMerge.of(parts.stream().map(Part::report).toList(), order.shard(), seconds),
        FuzzMerge.executed(parts.stream().flatMap(each -> each.executed().stream()).toList()));
  }

  private Part part(int job) {
    try {
      return order.isolated()
          ? new Part(IsolatedPart.run(order, job), Optional.empty())
          : inThisProcess(job);
    } catch (IllegalStateException other) {
      failed = true;
      throw explained(job, other);
    } catch (RuntimeException | Error other) {
      failed = true;
      throw other;
    }
  }

  private RuntimeException explained(int job, IllegalStateException thrown) {
    if (stop.getAsBoolean()) {
      String how = order.state().isPresent() ? "; the same command goes on from here" : "";
      return new CommandFailure(ExitCode.FOUND, "stopped" + how, thrown);
    }
    boolean continued = !order.isolated() && order.state(job).filter(Files::exists).isPresent();
    return continued
        ? new CommandFailure(ExitCode.USAGE, "--state: " + thrown.getMessage(), thrown)
        : thrown;
  }

  private Part inThisProcess(int job) {
    Campaign campaign = order.campaign();
    try (Bench bench = new Bench(campaign)) {
      FuzzRun run =
          FuzzRun.of(campaign.isa())
              .generator(bench.generator())
              .seed(order.seed())
              .shard(order.part(job))
              .cases(order.cases())
              .known(campaign.known())
              .progress(meter.of(job))
              .stop(() -> failed || stop.getAsBoolean());
      for (CaseOracle oracle : bench.oracles()) {
        run.oracle(oracle);
      }
      order.state(job).ifPresent(run::state);
      return new Part(run.run(), bench.executed());
    }
  }

  private static Part result(Future<Part> future) {
    try {
      return future.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    } catch (ExecutionException thrown) {
      if (thrown.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException(thrown.getCause());
    }
  }

  /** Ends processes that are under way; what is in this process sees that it is to stop. */
  void interrupt() {
    if (order.isolated()) {
      threads.shutdownNow();
    }
  }

  /**
   * Waits for parts that go on although another one has failed: they may be writing their states.
   */
  @Override
  public void close() {
    failed = true;
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(PATIENCE, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a part of the campaign does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
