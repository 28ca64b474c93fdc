package io.github.optprobe.testkit.oracle;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Compares two observations, part by part. */
final class Differ {
  /** After this many differing places the rest of a memory range is not listed. */
  private static final int PLACES_PER_RANGE = 8;

  private static final int BYTES_SHOWN = 8;

  private final Observation unprobed;
  private final Observation probed;
  private final AddressNames names;
  private final List<Difference> differences = new ArrayList<>();

  Differ(Observation unprobed, Observation probed, AddressNames names) {
    this.unprobed = unprobed;
    this.probed = probed;
    this.names = names;
  }

  List<Difference> differences() {
    one("fault", unprobed.fault(), probed.fault());
    list("result", unprobed.results(), probed.results(), i -> "");
    map(unprobed.registers(), probed.registers());
    map(unprobed.vectors(), probed.vectors());
    list("import call", unprobed.importCalls(), probed.importCalls(), i -> "");
    path();
    memory();
    return differences;
  }

  private void one(String what, Object before, Object after) {
    if (!before.equals(after)) {
      differences.add(new Difference(what, show(before), show(after)));
    }
  }

  private <V> void map(Map<String, V> before, Map<String, V> after) {
    before.forEach((name, value) -> one(name, value, after.getOrDefault(name, value)));
  }

  /** Only the first: what comes after it is mostly its consequence. */
  private void list(String what, List<?> before, List<?> after, IntFunction<String> describePlace) {
    int common = Math.min(before.size(), after.size());
    for (int i = 0; i < common; i++) {
      if (!before.get(i).equals(after.get(i))) {
        one(what + " " + i + describePlace.apply(i), before.get(i), after.get(i));
        return;
      }
    }
    one(what + "s, number of", before.size() + "", after.size() + "");
  }

  private void path() {
    int at = unprobed.path().mismatch(probed.path());
    if (at >= 0) {
      String from = at == 0 ? "" : " after " + names.format(unprobed.path().address(at - 1));
      differences.add(
          new Difference(
              "path step " + at + from, step(unprobed.path(), at), step(probed.path(), at)));
    }
  }

  private String step(Path path, int at) {
    return at < path.size() ? names.format(path.address(at)) : "(end)";
  }

  private void memory() {
    List<AddressRange> after = probed.memory().ranges();
    for (AddressRange range : unprobed.memory().ranges()) {
      if (after.contains(range)) {
        bytes(range, unprobed.memory().bytes(range), probed.memory().bytes(range));
      }
    }
    for (AddressRange range : after) {
      if (!unprobed.memory().ranges().contains(range)) {
        // Mapped in the probed run only: differs unless it is as it was mapped.
        bytes(range, new byte[(int) range.length()], probed.memory().bytes(range));
      }
    }
  }

  private void bytes(AddressRange range, byte[] before, byte[] after) {
    int at = firstLive(range);
    int places = 0;
    while (at < before.length && places < PLACES_PER_RANGE) {
      int offset = Arrays.mismatch(before, at, before.length, after, at, after.length);
      if (offset < 0) {
        return;
      }
      at += offset;
      differences.add(
          new Difference(
              "memory " + names.format(range.first() + at), hex(before, at), hex(after, at)));
      places++;
      at += BYTES_SHOWN;
    }
  }

  /**
   * The stack below the stack pointer is dead: interrupt-like code may write there, and a detour
   * buffer does, as a signal handler would.
   */
  private int firstLive(AddressRange range) {
    if (range.contains(unprobed.stackPointer()) && range.contains(probed.stackPointer())) {
      return (int) (Math.max(unprobed.stackPointer(), probed.stackPointer()) - range.first());
    }
    return 0;
  }

  private static String hex(byte[] bytes, int at) {
    return HexFormat.ofDelimiter(" ")
        .formatHex(bytes, at, Math.min(bytes.length, at + BYTES_SHOWN));
  }

  private static String show(Object value) {
    return value instanceof Long number ? "0x%016x".formatted(number) : value.toString();
  }
}
