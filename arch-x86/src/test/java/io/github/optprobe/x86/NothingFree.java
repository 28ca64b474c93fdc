package io.github.optprobe.x86;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** A text in whose address space everything is taken. */
final class NothingFree implements TextMemory {
  private final TextMemory text;

  NothingFree(TextMemory text) {
    this.text = text;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    return text.read(address, into, offset, length);
  }

  @Override
  public void write(long address, byte[] bytes) {
    text.write(address, bytes);
  }

  @Override
  public int atomicStoreBytes() {
    return text.atomicStoreBytes();
  }

  @Override
  public void synchronizeCpus() {
    text.synchronizeCpus();
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    return OptionalLong.empty();
  }

  @Override
  public void free(long address) {
    text.free(address);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return text.isQuiescent(range);
  }
}
