package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is mapped where. Mappings change under the engine's lock; looking them up needs none,
 * because the table is replaced as a whole.
 */
final class AddressSpace {
  private final Engine engine;
  private final AddressRange addresses;
  private volatile TreeMap<Long, Mapping> byStart = new TreeMap<>(Long::compareUnsigned);

  /**
   * Creates it, empty.
   *
   * @param addresses what the CPU can address
   */
  AddressSpace(Engine engine, AddressRange addresses) {
    this.engine = engine;
    this.addresses = addresses;
  }

  /**
   * Maps zeroed memory.
   *
   * @throws IllegalArgumentException if the range is not whole pages, is page 0, is more than the
   *     CPU can address, or overlaps
   */
  Mapping map(AddressRange range, Protection protection, Mapping.Purpose purpose) {
    requireMappable(range);
    ByteBuffer memory = Engine.directBuffer(Math.toIntExact(range.length()));
    Mapping mapping = new Mapping(range, memory, protection, purpose);
    engine.map(range.first(), memory, protection.bits());
    TreeMap<Long, Mapping> changed = new TreeMap<>(byStart);
    changed.put(range.first(), mapping);
    byStart = changed;
    return mapping;
  }

  /** Maps the memory of a mapping of another engine, at the same place. */
  void adopt(Mapping mapping) {
    requireMappable(mapping.range());
    engine.map(mapping.range().first(), mapping.memory(), mapping.protection().bits());
    TreeMap<Long, Mapping> changed = new TreeMap<>(byStart);
    changed.put(mapping.range().first(), mapping);
    byStart = changed;
  }

  /** Removes a mapping and what was translated from it. */
  void unmap(Mapping mapping) {
    engine.forgetTranslations(mapping.range().first(), mapping.range().length());
    engine.unmap(mapping.range().first(), mapping.range().length());
    TreeMap<Long, Mapping> changed = new TreeMap<>(byStart);
    changed.remove(mapping.range().first());
    byStart = changed;
  }

  /** The mapping that holds an address. */
  @Nullable Mapping at(long address) {
    var entry = byStart.floorEntry(address);
    if (entry == null || !entry.getValue().range().contains(address)) {
      return null;
    }
    return entry.getValue();
  }

  /** The mapping that overlaps a range and starts highest. */
  Optional<Mapping> highestIn(AddressRange range) {
    var entry = byStart.floorEntry(range.last());
    return Optional.ofNullable(entry == null ? null : entry.getValue())
        .filter(mapping -> mapping.range().overlaps(range));
  }

  /** All mappings, by ascending address. */
  List<Mapping> all() {
    return List.copyOf(byStart.values());
  }

  /** The whole pages that hold {@code bytes} bytes at {@code address}. */
  static AddressRange pagesOf(long address, long bytes) {
    long first = address & -Engine.PAGE_BYTES;
    long last = (address + bytes - 1) | (Engine.PAGE_BYTES - 1);
    return new AddressRange(first, last);
  }

  private void requireMappable(AddressRange range) {
    if (!addresses.contains(range)) {
      throw new IllegalArgumentException("not all of it can be addressed: " + range);
    }
    if (!range.equals(pagesOf(range.first(), range.length())) || range.first() == 0) {
      throw new IllegalArgumentException("not whole pages above page 0: " + range);
    }
    highestIn(range)
        .ifPresent(
            there -> {
              throw new IllegalArgumentException("%s overlaps %s".formatted(range, there.range()));
            });
  }
}
