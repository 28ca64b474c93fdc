package io.github.optprobe.examples.command;

import java.util.Arrays;
import java.util.stream.Stream;

/** What the {@code optprobe} command leaves with, for scripts. The same for all its commands. */
public enum ExitCode {
  /** Everything asked for was done, and nothing was found. */
  OK(0, "all fine"),
  /** Something was refused, differs, does not hold, or could not be read. */
  FOUND(1, "something was refused, differs, does not hold, or could not be read"),
  /** The arguments are wrong; nothing was done. */
  USAGE(2, "the arguments are wrong"),
  /** Something that the machine should have is not there; {@code optprobe doctor} says what. */
  MISSING(3, "a native library or a part of the command is missing; see optprobe doctor"),
  /** The command itself is wrong: a bug, to be reported. */
  BROKEN(70, "a bug in the command");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** What the process leaves with: 0 to 255. */
  public int number() {
    return number;
  }

  /** What it means, a phrase. */
  public String meaning() {
    return meaning;
  }

  /** One line for each, {@code number:meaning}, as picocli wants them for its help. */
  public static String[] helpLines() {
    Stream<String> lines = Arrays.stream(values()).map(each -> each.number + ":" + each.meaning);
    return lines.toArray(String[]::new);
  }
}
