package io.github.optprobe.testkit.conformance;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.Collection;
import java.util.List;

/** The embedded default keeps the rules. */
class ByteArrayTextConformanceTest extends TextMemoryConformance {
  private static final long BASE = 0x40_0000;
  private static final int BYTES = 256;

  @Override
  protected TextUnderTest newText() {
    return new TextUnderTest(
        ByteArrayText.at(BASE, new byte[BYTES]), AddressRange.ofLength(BASE, BYTES));
  }

  @Override
  protected Collection<TextCapability> capabilities() {
    return List.of(
        TextCapability.ALLOCATES_NEAR,
        TextCapability.REUSES_FREED,
        TextCapability.WRITES_ALL_OR_NOTHING,
        TextCapability.READS_STORES_WHOLE);
  }
}
