package io.github.optprobe.testkit.oracle;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Trace;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The original instructions that a run executed, in order, wherever they were executed. Immutable.
 */
public final class Path {
  /** Of a run whose path was not recorded. */
  public static final Path NONE = new Path(new long[0]);

  private final long[] addresses;

  private Path(long[] addresses) {
    this.addresses = addresses;
  }

  /**
   * Reduces a trace to original instructions. A breakpoint does not count where the instruction's
   * copy is executed afterwards, and does where its effect was computed; patched text does not
   * count, its copy does; in slots only the starts of relocated instructions count; gate and stubs
   * never do.
   */
  static Path of(Trace trace, EmulatedTarget target, PathMap map) {
    long[] originals = new long[trace.size()];
    int size = 0;
    for (int i = 0; i < trace.size(); i++) {
      OptionalLong original = original(trace, i, target, map);
      boolean repeats =
          size > 0 && original.isPresent() && originals[size - 1] == original.getAsLong();
      if (original.isPresent() && !repeats) {
        originals[size++] = original.getAsLong();
      }
    }
    return new Path(Arrays.copyOf(originals, size));
  }

  private static OptionalLong original(Trace trace, int index, EmulatedTarget target, PathMap map) {
    long pc = trace.address(index);
    return switch (trace.kind(index)) {
      case TRAPPED -> OptionalLong.empty();
      // The trampoline of return probes is a breakpoint in a slot, and no instruction of the
      // program.
      case REPLACED -> target.isSlot(pc) ? OptionalLong.empty() : OptionalLong.of(pc);
      case EXECUTED -> executed(pc, target, map);
    };
  }

  private static OptionalLong executed(long pc, EmulatedTarget target, PathMap map) {
    if (target.isSlot(pc)) {
      return map.original(pc);
    }
    return target.isService(pc) || map.isPatched(pc) ? OptionalLong.empty() : OptionalLong.of(pc);
  }

  /** How many instructions there are. */
  public int size() {
    return addresses.length;
  }

  /**
   * The address of an instruction.
   *
   * @param index its place, from 0
   */
  public long address(int index) {
    return addresses[index];
  }

  /** All of it, a copy. */
  public long[] addresses() {
    return addresses.clone();
  }

  /** The place of the first difference, or -1 if the two are the same. */
  int mismatch(Path other) {
    return Arrays.mismatch(addresses, other.addresses);
  }
}
