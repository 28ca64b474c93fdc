package io.github.optprobe.testkit.emulator;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A target at one moment: all data memory (writable and not executable), all registers, and the
 * state of the host functions. Text is not part of it. Obtained from {@link
 * EmulatedTarget#snapshot()}; immutable.
 */
public final class Snapshot {
  /** The context of a snapshot that has none. */
  static final long NO_CONTEXT = 0;

  private final Map<Mapping, byte[]> contents = new LinkedHashMap<>();
  private final long context;
  private final long programCounter;
  private final List<Runnable> hostStates;

  Snapshot(List<Mapping> data, long context, long programCounter, List<HostState> hostStates) {
    for (Mapping mapping : data) {
      byte[] bytes = new byte[mapping.memory().capacity()];
      mapping.memory().get(0, bytes);
      contents.put(mapping, bytes);
    }
    this.context = context;
    this.programCounter = programCounter;
    this.hostStates = hostStates.stream().map(HostState::checkpoint).toList();
  }

  /** Where data was mapped, by ascending address. */
  public List<AddressRange> ranges() {
    return contents.keySet().stream().map(Mapping::range).toList();
  }

  /**
   * What a range held.
   *
   * @param range one of {@link #ranges()}
   * @return a copy
   * @throws IllegalArgumentException if it is none of them
   */
  public byte[] bytes(AddressRange range) {
    for (Map.Entry<Mapping, byte[]> entry : contents.entrySet()) {
      if (entry.getKey().range().equals(range)) {
        return entry.getValue().clone();
      }
    }
    throw new IllegalArgumentException("no data was mapped at " + range);
  }

  long context() {
    return context;
  }

  long programCounter() {
    return programCounter;
  }

  /** Writes the memory back; data that was mapped later becomes zero. */
  void restoreMemory(List<Mapping> dataNow) {
    List<Mapping> later = new ArrayList<>(dataNow);
    later.removeAll(contents.keySet());
    later.forEach(mapping -> mapping.memory().put(0, new byte[mapping.memory().capacity()]));
    contents.forEach((mapping, bytes) -> mapping.memory().put(0, bytes));
    hostStates.forEach(Runnable::run);
  }
}
