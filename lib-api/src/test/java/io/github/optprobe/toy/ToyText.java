package io.github.optprobe.toy;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Text that toy machines execute. A store is atomic for one byte only. */
public final class ToyText extends ForwardingText {
  private final ByteArrayText bytes;
  private final List<ToyMachine> machines = new CopyOnWriteArrayList<>();

  private final AtomicLong synchronizations = new AtomicLong();
  private volatile Consumer<AddressRange> onWrite = range -> {};

  /** Text over {@code bytes}. */
  public ToyText(ByteArrayText bytes) {
    super(bytes);
    this.bytes = bytes;
  }

  /** Adds a CPU. */
  public ToyMachine newMachine() {
    ToyMachine machine = new ToyMachine(this);
    machines.add(machine);
    return machine;
  }

  /** How many allocations have not been given back. */
  public int liveAllocations() {
    return bytes.liveAllocations();
  }

  /** Tells of every write from now on, whoever does it. */
  public void onWrite(Consumer<AddressRange> told) {
    onWrite = told;
  }

  /** How many times all CPUs have been synchronised. */
  public long synchronizations() {
    return synchronizations.get();
  }

  @Override
  public void write(long address, byte[] code) {
    onWrite.accept(AddressRange.ofLength(address, code.length));
    byte[] before = bytes.readFully(address, code.length);
    machines.forEach(machine -> machine.overwritten(address, before));
    // Byte by byte: wider stores are torn, as the contract says they may be.
    for (int i = 0; i < code.length; i++) {
      bytes.write(address + i, new byte[] {code[i]});
    }
  }

  @Override
  public int atomicStoreBytes() {
    return 1;
  }

  @Override
  public void synchronizeCpus() {
    synchronizations.incrementAndGet();
    machines.forEach(ToyMachine::synchronize);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return machines.stream().allMatch(machine -> machine.isOutside(range));
  }

  @Override
  public Predicate<AddressRange> quiescence() {
    return this::isQuiescent;
  }
}
