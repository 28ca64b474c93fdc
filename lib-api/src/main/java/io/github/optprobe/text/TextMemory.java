package io.github.optprobe.text;

import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The machine code of a target, readable and writable, with the few services that patching code
 * needs. Implemented by targets; decorators (recording, fault injecting) are ordinary
 * implementations.
 *
 * <p>Implementations are called by one thread at a time for everything that writes, allocates or
 * synchronises; {@link #read} and {@link #isQuiescent} may be called from any thread.
 */
public interface TextMemory extends TextReader {

  /**
   * Writes text. A write of at most {@link #atomicStoreBytes()} bytes that does not cross a
   * multiple of that number is one store: a CPU fetching it sees the old bytes or the new ones. A
   * longer write may be seen torn. It need not be visible before {@link #synchronizeCpus()}.
   *
   * @throws TextException if not all bytes could be written; any part of them may have been
   */
  void write(long address, byte[] bytes);

  /** The widest naturally aligned store that is atomic for the CPUs, in bytes: 1, 2, 4, 8 or 16. */
  int atomicStoreBytes();

  /**
   * Returns once no CPU executes from a stale view of what was written before (on x86 after a
   * serialising instruction on each, on ARM after cache maintenance and a context synchronisation).
   * An instruction that a CPU had begun before is then complete, not only fetched.
   *
   * <p>It must not wait for a CPU that is reporting a trap or a gate call to leave its handlers: a
   * handler may be waiting for the operation that is synchronising.
   *
   * @throws TextException if that cannot be had
   */
  void synchronizeCpus();

  /**
   * Allocates executable, writable-by-{@link #write} memory that lies wholly within an interval and
   * overlaps nothing mapped.
   *
   * @param bytes how many, positive
   * @param within where it must lie: a branch's reach
   * @return the address of the first byte, aligned to at least 16 bytes, or empty if nothing in the
   *     interval is free
   * @throws TextException if the target fails otherwise
   */
  OptionalLong allocate(int bytes, AddressRange within);

  /**
   * Gives back what {@link #allocate} returned.
   *
   * @throws TextException if it was not allocated, or was given back before
   */
  void free(long address);

  /**
   * Whether no CPU stands in the range, nor will return into it. Counted as standing there: a CPU
   * whose saved program counter is there, one that has called the gate from there, and one that has
   * trapped there and not reported it yet. A target whose CPUs only run while it is told to may
   * answer from their saved state.
   */
  boolean isQuiescent(AddressRange range);

  /**
   * A view for asking {@link #isQuiescent} about many ranges at the price of one look at the CPUs:
   * a target that has to interrupt its CPUs to see where they stand does that once per call of this
   * method, not once per range. Each CPU's position is taken at some moment after the call of this
   * method, which may be a different moment for every range. The view is for use at once, by the
   * calling thread; whoever keeps it learns where the CPUs once stood.
   *
   * <p>Whoever overrides {@link #isQuiescent} in a decorator overrides this too.
   */
  default Predicate<AddressRange> quiescence() {
    return this::isQuiescent;
  }
}
