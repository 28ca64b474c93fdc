package io.github.optprobe.testkit.text;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts operations, and makes those fail that a test wants to fail. One fault is in effect at a
 * time; it may be replaced at any time.
 *
 * <p>Writes, allocations and synchronisations by one thread at a time, as the contract has it.
 */
public final class FaultInjectingText extends ForwardingText {
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
  private @Nullable Fault fault;
  private int struck;

  /** Passes everything on to {@code delegate} until a fault is injected. */
  public FaultInjectingText(TextMemory delegate) {
    super(delegate);
  }

  /** Injects a fault instead of the one before, and begins to count anew. */
  public void inject(Fault newFault) {
    fault = newFault;
    reset();
  }

  /** Takes the fault out, and begins to count anew. */
  public void heal() {
    fault = null;
    reset();
  }

  /** How many operations of a kind there have been since counting began, failed ones included. */
  public int count(Operation operation) {
    return counts.getOrDefault(operation, 0);
  }

  /** How many operations have been made to fail since counting began. */
  public int struck() {
    return struck;
  }

  @Override
  public void write(long address, byte[] bytes) {
    Fault now = next(Operation.WRITE);
    if (now == null) {
      super.write(address, bytes);
      return;
    }
    if (now.bytesWritten() > 0) {
      super.write(address, Arrays.copyOf(bytes, Math.min(now.bytesWritten(), bytes.length)));
    }
    throw injected(Operation.WRITE, address, bytes.length);
  }

  @Override
  public void synchronizeCpus() {
    if (next(Operation.SYNCHRONIZE) != null) {
      throw injected(Operation.SYNCHRONIZE, 0, 0);
    }
    super.synchronizeCpus();
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (next(Operation.ALLOCATE) != null) {
      throw injected(Operation.ALLOCATE, within.first(), bytes);
    }
    return super.allocate(bytes, within);
  }

  @Override
  public void free(long address) {
    if (next(Operation.FREE) != null) {
      throw injected(Operation.FREE, address, 0);
    }
    super.free(address);
  }

  private void reset() {
    counts.clear();
    struck = 0;
  }

  /** Counts an operation; the fault if it is to fail. */
  private @Nullable Fault next(Operation operation) {
    int count = counts.merge(operation, 1, Integer::sum);
    Fault now = fault;
    if (now == null || now.operation() != operation || !now.strikes(count)) {
      return null;
    }
    struck++;
    return now;
  }

  private static TextException injected(Operation operation, long address, long length) {
    return new TextException(operation, address, length, "injected by the test");
  }
}
