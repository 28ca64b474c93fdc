package io.github.optprobe.testkit.text;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Remembers everything that succeeded, in order. A test may have itself called after each event, to
 * run a CPU in the middle of a patch protocol.
 *
 * <p>Writes, allocations and synchronisations by one thread at a time, as the contract has it.
 */
public final class RecordingText implements TextMemory {
  private final TextMemory delegate;
  private final List<TextEvent> events = new ArrayList<>();
  private Consumer<? super TextEvent> afterEach = event -> {};

  /** Records what is done to {@code delegate} through this. */
  public RecordingText(TextMemory delegate) {
    this.delegate = delegate;
  }

  /** What has been done, a copy, oldest first. */
  public List<TextEvent> events() {
    return List.copyOf(events);
  }

  /** The writes among {@link #events()}. */
  public List<TextEvent.Write> writes() {
    return events.stream()
        .filter(TextEvent.Write.class::isInstance)
        .map(TextEvent.Write.class::cast)
        .toList();
  }

  /** Forgets what has been done. */
  public void clear() {
    events.clear();
  }

  /**
   * Sets what is called after each event, on the thread that did it, instead of what was set
   * before. What it does to this text is recorded, and not reported to it again.
   */
  public void afterEach(Consumer<? super TextEvent> hook) {
    afterEach = hook;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    return delegate.read(address, into, offset, length);
  }

  @Override
  public void write(long address, byte[] bytes) {
    byte[] before = delegate.readFully(address, bytes.length);
    delegate.write(address, bytes);
    happened(TextEvent.Write.of(address, before, bytes));
  }

  @Override
  public int atomicStoreBytes() {
    return delegate.atomicStoreBytes();
  }

  @Override
  public void synchronizeCpus() {
    delegate.synchronizeCpus();
    happened(new TextEvent.Synchronize());
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    OptionalLong address = delegate.allocate(bytes, within);
    happened(new TextEvent.Allocate(bytes, within, address));
    return address;
  }

  @Override
  public void free(long address) {
    delegate.free(address);
    happened(new TextEvent.Free(address));
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return delegate.isQuiescent(range);
  }

  private void happened(TextEvent event) {
    events.add(event);
    Consumer<? super TextEvent> hook = afterEach;
    afterEach = nested -> {};
    try {
      hook.accept(event);
    } finally {
      afterEach = hook;
    }
  }
}
