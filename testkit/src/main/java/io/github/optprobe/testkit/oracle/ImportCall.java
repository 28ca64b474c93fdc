package io.github.optprobe.testkit.oracle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A call of a function outside of the guest.
 *
 * @param name its name
 * @param arguments what it was given
 * @param result what it returned
 */
public record ImportCall(String name, List<Long> arguments, long result) {

  /** Creates a call. */
  public ImportCall {
    arguments = List.copyOf(arguments);
  }

  @Override
  public String toString() {
    String given =
        arguments.stream().map(value -> "0x%x".formatted(value)).collect(Collectors.joining(", "));
    return "%s(%s) = 0x%x".formatted(name, given, result);
  }
}
