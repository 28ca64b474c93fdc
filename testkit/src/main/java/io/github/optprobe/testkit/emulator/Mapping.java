package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of guest memory.
 *
 * @param range where it lies, whole pages
 * @param memory its bytes, shared with the emulator
 * @param protection what the guest may do
 * @param purpose what it is for
 */
record Mapping(AddressRange range, ByteBuffer memory, Protection protection, Purpose purpose) {

  /** What a mapping is for. */
  enum Purpose {
    /** Whatever the user mapped. */
    USER,
    /** The stack of the CPU. */
    STACK,
    /** Slots that the text allocated. */
    SLOTS,
    /** The target's own stubs: gate, exit, host functions. */
    SERVICES
  }

  int offsetOf(long address) {
    return (int) (address - range.first());
  }

  /** Bytes from {@code address} to the end. */
  long bytesFrom(long address) {
    return range.last() - address + 1;
  }

  /** Whether its content is part of what a program computes. */
  boolean isData() {
    return protection.canWrite() && !protection.canExecute();
  }

  /** Two mappings are two, whatever they hold. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
