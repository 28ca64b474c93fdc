package io.github.optprobe.live.memory;

import io.github.optprobe.text.AddressRange;

/**
 * One line of {@code /proc/self/maps} (proc(5)).
 *
 * @param range its addresses
 * @param readable whether it can be read
 * @param writable whether it can be written
 * @param executable whether it can be executed
 * @param offset where in the file it begins, in bytes
 * @param file the path of the file, or a name in square brackets, or empty
 */
public record Mapping(
    AddressRange range,
    boolean readable,
    boolean writable,
    boolean executable,
    long offset,
    String file) {

  /** The address behind it. */
  public long end() {
    return range.last() + 1;
  }

  /** Whether it is the content of a file, and not memory without one or the kernel's own. */
  public boolean isOfFile() {
    return file.startsWith("/");
  }

  /** Takes a line apart. */
  static Mapping parse(String line) {
    String[] parts = line.split(" +", 6);
    int dash = parts[0].indexOf('-');
    long start = Long.parseUnsignedLong(parts[0], 0, dash, 16);
    long end = Long.parseUnsignedLong(parts[0], dash + 1, parts[0].length(), 16);
    String permissions = parts[1];
    return new Mapping(
        new AddressRange(start, end - 1),
        permissions.charAt(0) == 'r',
        permissions.charAt(1) == 'w',
        permissions.charAt(2) == 'x',
        Long.parseUnsignedLong(parts[2], 16),
        parts.length > 5 ? parts[5].strip() : "");
  }
}
