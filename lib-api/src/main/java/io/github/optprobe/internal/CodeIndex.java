package io.github.optprobe.internal;

import io.github.optprobe.arch.RelocatedCode;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/** All relocated code that is in use, by slot. Thread-safe: faults and stack walks ask it. */
final class CodeIndex {
  private final ConcurrentSkipListMap<Long, RelocatedCode> bySlot =
      new ConcurrentSkipListMap<>(Long::compareUnsigned);

  void add(RelocatedCode code) {
    bySlot.put(code.slot().address(), code);
  }

  void remove(RelocatedCode code) {
    bySlot.remove(code.slot().address());
  }

  Optional<RelocatedCode> at(long address) {
    Map.Entry<Long, RelocatedCode> entry = bySlot.floorEntry(address);
    return Optional.ofNullable(entry)
        .map(Map.Entry::getValue)
        .filter(code -> code.slot().range().contains(address));
  }

  OptionalLong originalOf(long address) {
    return at(address).map(code -> code.originalOf(address)).orElse(OptionalLong.empty());
  }

  OptionalLong instructionAt(long address) {
    return at(address)
        .filter(code -> code.startsInstruction(address))
        .map(code -> code.originalOf(address))
        .orElse(OptionalLong.empty());
  }
}
