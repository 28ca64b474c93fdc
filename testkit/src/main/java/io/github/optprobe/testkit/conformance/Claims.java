package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.Arrays;
import java.util.HexFormat;

/** The assertions of the rules: the kit asks its users for JUnit and for nothing else. */
final class Claims {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private Claims() {}

  @SuppressWarnings("AnnotateFormatMethod") // Its annotation would be one more dependency.
  static void that(boolean holds, String otherwise, Object... arguments) {
    if (!holds) {
      throw new AssertionError(otherwise.formatted(arguments));
    }
  }

  static void sameBytes(byte[] expected, byte[] actual, String where) {
    that(
        Arrays.equals(expected, actual),
        "%s: expected %s, found %s",
        where,
        HEX.formatHex(expected),
        HEX.formatHex(actual));
  }

  /** Must throw a {@link TextException} that says what was tried, and where. */
  static void fails(Operation operation, long address, long length, Runnable action) {
    TextException failure = failure(action);
    that(
        failure.operation() == operation,
        "the exception names %s, not %s",
        failure.operation(),
        operation);
    that(
        failure.address() == address,
        "the exception names address 0x%x, not 0x%x",
        failure.address(),
        address);
    boolean hasLength = operation != Operation.FREE;
    that(
        !hasLength || failure.length() == length,
        "the exception names %d bytes, not %d",
        failure.length(),
        length);
  }

  private static TextException failure(Runnable action) {
    try {
      action.run();
    } catch (TextException expected) {
      return expected;
    }
    throw new AssertionError("no TextException was thrown");
  }
}
