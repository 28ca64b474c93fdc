package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;

/** Code that was written since the CPUs were synchronised. Thread-safe. */
final class StaleCode {
  private final List<AddressRange> ranges = new ArrayList<>();

  /** Notes what was written to a mapping, if it is one that is executed. */
  synchronized void written(Mapping mapping, long address, long bytes) {
    if (mapping.protection().canExecute()) {
      ranges.add(AddressRange.ofLength(address, bytes));
    }
  }

  /** Makes the engine translate all of it anew. */
  synchronized void forget(AddressSpace space, Engine engine) {
    for (AddressRange range : ranges) {
      if (space.at(range.first()) != null) {
        engine.forgetTranslations(range.first(), range.length());
      }
    }
    ranges.clear();
  }
}
