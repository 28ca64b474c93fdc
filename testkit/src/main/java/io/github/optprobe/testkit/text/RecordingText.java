package io.github.optprobe.testkit.text;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
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
public final class RecordingText extends ForwardingText {
  private final List<TextEvent> events = new ArrayList<>();
  private Consumer<? super TextEvent> afterEach = event -> {};

  /** Records what is done to {@code delegate} through this. */
  public RecordingText(TextMemory delegate) {
    super(delegate);
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
  public void write(long address, byte[] bytes) {
    byte[] before = super.readFully(address, bytes.length);
    super.write(address, bytes);
    happened(TextEvent.Write.of(address, before, bytes));
  }

  @Override
  public void synchronizeCpus() {
    super.synchronizeCpus();
    happened(new TextEvent.Synchronize());
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    OptionalLong address = super.allocate(bytes, within);
    happened(new TextEvent.Allocate(bytes, within, address));
    return address;
  }

  @Override
  public void free(long address) {
    super.free(address);
    happened(new TextEvent.Free(address));
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
