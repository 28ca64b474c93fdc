package io.github.optprobe.testkit.traced;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;

/** The child's executable memory, which this process writes through its own mapping of it. */
final class TracedText implements TextMemory {
  private final TracedMachine machine;
  private final Standing standing;
  private final TracedData data;
  private final AddressRange usable;

  /**
   * Creates it.
   *
   * @param usable where slots may be allocated
   */
  TracedText(TracedMachine machine, Standing standing, AddressRange usable) {
    this.machine = machine;
    this.standing = standing;
    this.data = new TracedData(machine.regions());
    this.usable = usable;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int text = textBytes(address, length);
    return machine.regions().readUpTo(address, into, offset, text);
  }

  @Override
  public void write(long address, byte[] bytes) {
    if (textBytes(address, bytes.length) < bytes.length) {
      throw new TextException(
          TextException.Operation.WRITE, address, bytes.length, "not all of it is mapped text");
    }
    if ((address >>> 3) == ((address + bytes.length - 1) >>> 3)) {
      store(address, bytes);
    } else {
      machine.write(address, bytes);
    }
  }

  /** Bytes of one aligned word, by one store: the CPU may be executing there. */
  private void store(long address, byte[] bytes) {
    long word = address & -Long.BYTES;
    long value = data.load(word, Long.BYTES);
    for (int i = 0; i < bytes.length; i++) {
      int shift = (int) (address - word + i) * Byte.SIZE;
      value = (value & ~(0xffL << shift)) | (Byte.toUnsignedLong(bytes[i]) << shift);
    }
    data.store(word, Long.BYTES, value);
  }

  @Override
  public int atomicStoreBytes() {
    return Long.BYTES;
  }

  /**
   * There is one CPU. While it stands still there is nothing to do: the kernel lets it go on by a
   * serialising instruction. If it runs, it is made to stop for a moment.
   */
  @Override
  public void synchronizeCpus() {
    long before = machine.stops();
    while (!machine.isOwner() && machine.isRunning() && machine.stops() == before) {
      machine.interruptRun();
      Thread.onSpinWait();
    }
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes must be positive: " + bytes);
    }
    long whole = (bytes + Regions.PAGE_BYTES - 1L) & -Regions.PAGE_BYTES;
    OptionalLong place = new FreePlaces(machine.regions(), usable).find(whole, within);
    place.ifPresent(at -> machine.mapSlots(AddressRange.ofLength(at, whole)));
    return place;
  }

  @Override
  public void free(long address) {
    Region region = machine.regions().at(address);
    if (region == null || !region.slots() || region.range().first() != address) {
      throw new TextException(TextException.Operation.FREE, address, 0, "was not allocated");
    }
    machine.unmap(region.range());
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return standing.outside(range);
  }

  /** How many of the bytes from an address on are executable. */
  private int textBytes(long address, int length) {
    int done = 0;
    while (done < length) {
      Region region = machine.regions().at(address + done);
      if (region == null || !region.protection().canExecute()) {
        break;
      }
      done += Math.min(length - done, region.bytesFrom(address + done));
    }
    return done;
  }
}
