package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The guest's executable memory; for reading, what it can not write too, where compilers put the
 * jump tables of code. What is written shows at once to whoever reads, but the CPU may go on with
 * what it translated before until {@link #synchronizeCpus}: who forgets to synchronise is found
 * out.
 */
final class EmulatedText implements TextMemory {
  private final AddressSpace space;
  private final Engine engine;
  private final EngineLock lock;
  private final Quiescence quiescence;
  private final StaleCode stale;
  private final AtomicLong synchronizations = new AtomicLong();

  EmulatedText(
      AddressSpace space, Engine engine, EngineLock lock, Quiescence quiescence, StaleCode stale) {
    this.space = space;
    this.engine = engine;
    this.lock = lock;
    this.quiescence = quiescence;
    this.stale = stale;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    int done = 0;
    while (done < length) {
      Mapping mapping = constantAt(address + done);
      if (mapping == null) {
        break;
      }
      int count = (int) Math.min(length - done, mapping.bytesFrom(address + done));
      mapping.memory().get(mapping.offsetOf(address + done), into, offset + done, count);
      done += count;
    }
    return done;
  }

  @Override
  public void write(long address, byte[] bytes) {
    lock.enter();
    try {
      int done = 0;
      while (done < bytes.length) {
        Mapping mapping = textAt(address + done);
        if (mapping == null) {
          throw new TextException(
              TextException.Operation.WRITE, address, bytes.length, "not all of it is mapped text");
        }
        int count = (int) Math.min(bytes.length - done, mapping.bytesFrom(address + done));
        stale.beforeWrite(mapping, address + done, count);
        mapping.memory().put(mapping.offsetOf(address + done), bytes, done, count);
        done += count;
      }
    } finally {
      lock.leave();
    }
  }

  @Override
  public int atomicStoreBytes() {
    return Long.BYTES;
  }

  @Override
  public void synchronizeCpus() {
    lock.enter();
    try {
      stale.forget(space, engine);
      synchronizations.incrementAndGet();
    } finally {
      lock.leave();
    }
  }

  /** How often the CPUs have been synchronised. */
  long synchronizations() {
    return synchronizations.get();
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes must be positive: " + bytes);
    }
    lock.enter();
    try {
      long whole = (bytes + Engine.PAGE_BYTES - 1L) & -Engine.PAGE_BYTES;
      OptionalLong place = new FreePages(space).find(whole, within);
      place.ifPresent(
          at ->
              space.map(
                  AddressRange.ofLength(at, whole),
                  Protection.READ_EXECUTE,
                  Mapping.Purpose.SLOTS));
      return place;
    } finally {
      lock.leave();
    }
  }

  @Override
  public void free(long address) {
    lock.enter();
    try {
      Mapping mapping = space.at(address);
      if (mapping == null
          || mapping.purpose() != Mapping.Purpose.SLOTS
          || mapping.range().first() != address) {
        throw new TextException(TextException.Operation.FREE, address, 0, "was not allocated");
      }
      space.unmap(mapping);
    } finally {
      lock.leave();
    }
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return quiescence.holdsFor(range);
  }

  private @Nullable Mapping textAt(long address) {
    Mapping mapping = space.at(address);
    return mapping != null && mapping.protection().canExecute() ? mapping : null;
  }

  private @Nullable Mapping constantAt(long address) {
    Mapping mapping = space.at(address);
    boolean constant =
        mapping != null && (mapping.protection().canExecute() || !mapping.protection().canWrite());
    return constant ? mapping : null;
  }
}
