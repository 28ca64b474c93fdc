package io.github.optprobe.live.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What was mapped in this process at some moment, by ascending address. Immutable. */
public final class MemoryMap {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private final List<Mapping> mappings;
  private final TreeMap<Long, Mapping> byStart = new TreeMap<>(Long::compareUnsigned);

  private MemoryMap(List<Mapping> mappings) {
    this.mappings = mappings;
    mappings.forEach(each -> byStart.put(each.range().first(), each));
  }

  /**
   * What is mapped now.
   *
   * @throws UncheckedIOException if the system does not tell
   */
  public static MemoryMap now() {
    try {
      return new MemoryMap(Files.readAllLines(MAPS).stream().map(Mapping::parse).toList());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** All mappings. */
  public List<Mapping> all() {
    return mappings;
  }

  /** The mapping that an address is in. */
  public Optional<Mapping> at(long address) {
    var entry = byStart.floorEntry(address);
    return entry != null && entry.getValue().range().contains(address)
        ? Optional.of(entry.getValue())
        : Optional.empty();
  }
}
