package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.List;
import java.util.function.Predicate;

/** What is asked of quiescence. */
final class QuiescenceRules {
  private QuiescenceRules() {}

  static List<AddressRange> ranges(TextUnderTest under) {
    return List.of(
        under.mapped(),
        AddressRange.ofLength(under.start(), 1),
        AddressRange.ofLength(under.end(), 16),
        AddressRange.ofLength(under.start() + 8, 32),
        AddressRange.ALL);
  }

  static void allIsQuietWhereNothingRuns(TextUnderTest under) {
    for (AddressRange range : ranges(under)) {
      Claims.that(under.text().isQuiescent(range), "%s is not quiescent", range);
    }
  }

  static void theViewSaysTheSame(TextUnderTest under) {
    Predicate<AddressRange> view = under.text().quiescence();
    for (AddressRange range : ranges(under)) {
      Claims.that(
          view.test(range) == under.text().isQuiescent(range), "the view differs for %s", range);
    }
  }

  static void sayWhoStandsAt(TextMemory text, long address) {
    for (AddressRange range :
        List.of(
            AddressRange.ofLength(address, 1),
            AddressRange.around(address, 1, 1),
            AddressRange.around(address, 0, 8),
            AddressRange.around(address, 8, 0))) {
      Claims.that(!text.isQuiescent(range), "somebody stands in %s", range);
      Claims.that(!text.quiescence().test(range), "the view does not see who is in %s", range);
    }
  }

  static void sayNobodyStandsBehind(TextMemory text, long address) {
    for (AddressRange range :
        List.of(AddressRange.ofLength(address + 16, 16), AddressRange.ofLength(address - 16, 16))) {
      Claims.that(text.isQuiescent(range), "nobody stands in %s, but at 0x%x", range, address);
      Claims.that(text.quiescence().test(range), "the view sees somebody in %s", range);
    }
  }
}
