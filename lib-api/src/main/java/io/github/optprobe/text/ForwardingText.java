package io.github.optprobe.text;

import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Passes everything on to another text memory. Decorators extend it and override what they change.
 * As thread-safe as the other one.
 */
public abstract class ForwardingText implements TextMemory {
  private final TextMemory delegate;

  /**
   * For decorators.
   *
   * @param delegate what everything is passed on to
   */
  protected ForwardingText(TextMemory delegate) {
    this.delegate = delegate;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    return delegate.read(address, into, offset, length);
  }

  @Override
  public void write(long address, byte[] bytes) {
    delegate.write(address, bytes);
  }

  @Override
  public int atomicStoreBytes() {
    return delegate.atomicStoreBytes();
  }

  @Override
  public void synchronizeCpus() {
    delegate.synchronizeCpus();
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    return delegate.allocate(bytes, within);
  }

  @Override
  public void free(long address) {
    delegate.free(address);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return delegate.isQuiescent(range);
  }

  /**
   * Asks {@link #isQuiescent} of this object for each range, so that a decorator that overrides
   * that method is not passed by. One that does not may override this one to hand out the other
   * text's view, which costs one look at the CPUs.
   */
  @Override
  public Predicate<AddressRange> quiescence() {
    return this::isQuiescent;
  }
}
