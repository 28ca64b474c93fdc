package io.github.optprobe.x86.forms;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.util.List;

/** Memory of which only some may be written, as the program itself may. */
final class WritableOnly implements DataMemory {
  private final DataMemory all;
  private final List<AddressRange> writable;

  WritableOnly(DataMemory all, AddressRange... writable) {
    this.all = all;
    this.writable = List.of(writable);
  }

  @Override
  public long load(long address, int bytes) {
    return all.load(address, bytes);
  }

  @Override
  public void store(long address, int bytes, long value) {
    AddressRange stored = AddressRange.ofLength(address, bytes);
    if (writable.stream().noneMatch(range -> range.contains(stored))) {
      throw new TextException(TextException.Operation.WRITE, address, bytes, "read-only");
    }
    all.store(address, bytes, value);
  }
}
