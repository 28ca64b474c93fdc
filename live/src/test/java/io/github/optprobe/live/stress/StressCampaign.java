package io.github.optprobe.live.stress;

import io.github.optprobe.live.LiveProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The stress tests in full size, as a program and as a test that is tagged {@code campaign}. By
 * system property: {@code optprobe.stress.cycles} of each kind (1,000,000), {@code
 * optprobe.stress.probes} in one batch (1000), {@code optprobe.stress.threads} (8), {@code
 * optprobe.stress.calls} that a thread makes without coming back to Java (20,000), {@code
 * optprobe.stress.only}: a part of the names of what is to be done.
 *
 * <pre>
 * mvn test -pl live -am -Dgroups=campaign -Doptprobe.excludedTags=none \
 *     -Doptprobe.failIfNoTests=false -Dtest=StressCampaignTest -Doptprobe.stress.cycles=1000000
 * </pre>
 */
final class StressCampaign {
  private static final String PREFIX = "optprobe.stress.";

  private final LiveProcess live;
  private final Cycles cycles;
  private final long rounds;
  private final String only = System.getProperty(PREFIX + "only", "");
  private final List<Outcome> outcomes = new ArrayList<>();

  private StressCampaign(LiveProcess live, StressLibrary library) {
    this.live = live;
    cycles = new Cycles(live, library, (int) number("threads", 8), number("calls", 20_000));
    rounds = Math.max(1, number("cycles", 1_000_000) / library.count());
  }

  private static long number(String property, long otherwise) {
    return Long.getLong(PREFIX + property, otherwise);
  }

  /** One thing to be done many times. */
  @FunctionalInterface
  private interface Kind {
    Outcome run() throws InterruptedException;
  }

  private void run(String name, Kind kind) throws InterruptedException {
    if (name.contains(only)) {
      Outcome outcome = kind.run();
      outcomes.add(outcome);
      System.out.printf(
          Locale.ROOT,
          "%s; %d looks of %d us, %d lost%n",
          outcome,
          live.looks(),
          live.lookTime().toNanos() / 1000 / Math.max(1, live.looks()),
          live.lost());
    }
  }

  private List<Outcome> runAll() throws InterruptedException {
    List<Shape> shapes = List.of(Shape.values());
    for (Shape shape : shapes) {
      for (Handling handling : Handling.values()) {
        run("optimize " + handling + " " + shape, () -> cycles.optimizing(shape, handling, rounds));
      }
    }
    for (Shape shape : shapes) {
      run("register " + shape, () -> cycles.registering(shape, Handling.COUNTER, rounds));
    }
    run("return " + Shape.RECURSION, () -> cycles.returning(Shape.RECURSION, rounds));
    return List.copyOf(outcomes);
  }

  /** Does everything that the properties ask for, and prints what came of it. */
  static List<Outcome> run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("optprobe-stress");
    StressLibrary library = StressLibrary.load(folder, (int) number("probes", 1000));
    try (LiveProcess live = LiveProcess.builder().optimizerByHand().open()) {
      System.out.println(
          "Java "
              + Runtime.version()
              + ", "
              + live.upcalls()
              + ", "
              + live.libraries().all().size()
              + " libraries");
      return new StressCampaign(live, library).runAll();
    } finally {
      Files.delete(library.file());
      Files.delete(folder);
    }
  }

  /** Runs it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<Outcome> outcomes = run();
    long bad = outcomes.stream().filter(each -> each.wrong() + each.unfinished() > 0).count();
    System.out.println(outcomes.size() + " kinds, " + bad + " bad");
    System.exit(bad == 0 ? 0 : 1);
  }
}
