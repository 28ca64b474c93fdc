package io.github.optprobe.testkit.fuzz;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a plan in another process, and outlives it: a decoder that crashes the process, or does not
 * come back, is a finding ({@code DIED}, {@code HANG}) about that decoder and that case, and the
 * run goes on behind it. With guarded inputs, reading past the end is such a crash.
 *
 * <p>What such a case is not: made small. The process runs from the class path that this one has,
 * module path included.
 */
public final class IsolatedRun {
  static final String STATE = "state";
  static final String ACTIVITY = "activity";
  static final String SHAPE = "the process ended";

  private static final String CRASH_LOG = "crash.log";
  private static final long LOOK_MILLIS = 20;
  private static final int FATAL_SIGNAL = 128;

  private final FuzzPlan plan;
  private final Path folder;
  private final Duration longest;
  private final int mostDeaths;

  /**
   * Describes a run.
   *
   * @param folder where counts and output are kept; an earlier run's are gone on from
   * @param longest how long a case may take
   * @param mostDeaths after how many processes to give up
   */
  public IsolatedRun(FuzzPlan plan, Path folder, Duration longest, int mostDeaths) {
    this.plan = plan;
    this.folder = folder;
    this.longest = longest;
    this.mostDeaths = mostDeaths;
  }

  /**
   * Runs until the plan is done.
   *
   * @return the report of all processes together
   * @throws IllegalStateException if a process can not do its work for another reason than a
   *     decoder; its output is in the message
   */
  public FuzzReport run() {
    Map<Long, String> dead = new TreeMap<>();
    while (dead.size() <= mostDeaths) {
      Activity activity = Activity.in(folder.resolve(ACTIVITY));
      activity.rests();
      String death = watch(start(dead), activity);
      if (death.isEmpty()) {
        return report();
      }
      String decoder = plan.decoders().get(activity.decoder());
      dead.put(activity.currentCase(), death + ":" + decoder);
    }
    throw new IllegalStateException("too many processes ended: " + dead);
  }

  /** The state as it was left, as a report: nothing is left to do. */
  private FuzzReport report() {
    return plan.start().state(folder.resolve(STATE)).run();
  }

  private Process start(Map<Long, String> dead) {
    String left =
        dead.isEmpty()
            ? "-"
            : dead.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue())
                .collect(Collectors.joining(","));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:ErrorFile=" + folder.resolve(CRASH_LOG));
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:TieredStopAtLevel=1");
    passedOn().forEach(command::add);
    command.addAll(List.of("-cp", classPath(), IsolatedProcess.class.getName()));
    command.addAll(List.of(folder.toString(), left));
    command.addAll(plan.arguments());
    try {
      Files.deleteIfExists(folder.resolve(CRASH_LOG));
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("output").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    return Stream.of("java.class.path", "jdk.module.path")
        .map(name -> System.getProperty(name, ""))
        .filter(path -> !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The properties that say where native libraries are. */
  private static Stream<String> passedOn() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("optprobe.") || name.startsWith("jna."))
        .sorted()
        .map(name -> "-D" + name + "=" + System.getProperty(name));
  }

  /** How the process ended: {@code DIED}, {@code HANG}, or empty if it has done its work. */
  private String watch(Process process, Activity activity) {
    long current = -1;
    long since = System.nanoTime();
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = activity.currentCase();
        if (now != current || now < 0) {
          current = now;
          since = System.nanoTime();
        } else if (System.nanoTime() - since > longest.toNanos()) {
          process.destroyForcibly().waitFor();
          return "HANG";
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return verdict(process.exitValue(), activity);
  }

  private String verdict(int exit, Activity activity) {
    if (exit == 0) {
      return "";
    }
    boolean killed = exit >= FATAL_SIGNAL || Files.exists(folder.resolve(CRASH_LOG));
    if (!killed || activity.currentCase() < 0) {
      throw new IllegalStateException("the process left with %d: %s".formatted(exit, output()));
    }
    return "DIED";
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
