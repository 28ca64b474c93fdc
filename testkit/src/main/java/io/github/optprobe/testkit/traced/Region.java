package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;

/**
 * A mapping of the child, which this process sees too.
 *
 * @param offset where it is in the shared file, in bytes
 * @param memory what this process sees it through; positions are not used
 * @param slots whether the text allocated it
 */
record Region(
    AddressRange range, Protection protection, int offset, ByteBuffer memory, boolean slots) {

  int offsetOf(long address) {
    return (int) (address - range.first());
  }

  int bytesFrom(long address) {
    return (int) (range.last() - address + 1);
  }
}
