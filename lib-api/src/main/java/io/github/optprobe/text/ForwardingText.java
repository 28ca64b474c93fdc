package io.github.optprobe.text;

import java.util.OptionalLong;

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
}
