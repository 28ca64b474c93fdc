package io.github.optprobe.testkit.execute;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.text.AddressRange;
import java.util.SplittableRandom;

/**
 * Seeded start states in which a load or store succeeds more often than not: of the registers some
 * point into data, some are small numbers to be added to that, some lead to code, and some are
 * anything. The same number always gives the same state. Not thread-safe.
 */
public final class StartStates {
  private static final int POINTER_SPREAD = 128;
  private static final int STACK_SPREAD = 32;

  private final Executor executor;
  private final MachineState fresh;
  private final long seed;
  private final Places places;

  /**
   * Where registers may point.
   *
   * @param data to data: around its middle
   * @param stack to the stack: the stack pointer around its middle
   * @param code to code that an indirect branch may lead to
   */
  public record Places(AddressRange data, AddressRange stack, AddressRange code) {}

  /**
   * Creates them.
   *
   * @param seed which ones
   */
  public StartStates(Executor executor, long seed, Places places) {
    this.executor = executor;
    this.seed = seed;
    this.places = places;
    fresh = executor.newState();
  }

  /**
   * A state.
   *
   * @param number which one
   * @param programCounter where it stands
   */
  public MachineState of(long number, long programCounter) {
    SplittableRandom random = new SplittableRandom(seed * 0x9e37_79b9L + number);
    MachineState state = fresh.copy();
    RegisterFile file = state.file();
    for (int i = 0; i < file.size(); i++) {
      long free = executor.freeBits(i);
      state.set(i, (state.get(i) & ~free) | (value(random) & free));
    }
    long middle = middleOf(places.stack());
    state.set(file.stackPointer(), middle + 16L * random.nextInt(-STACK_SPREAD, STACK_SPREAD));
    state.setProgramCounter(programCounter);
    fillWide(state, random);
    return state;
  }

  private static void fillWide(MachineState state, SplittableRandom random) {
    for (int i = 0; i < state.wideNames().size(); i++) {
      // What is narrower is no vector: control and status, whose bits are not all free.
      if (state.wide(i).length >= 16) {
        random.nextBytes(state.wide(i));
      }
    }
  }

  private long value(SplittableRandom random) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> pointer(random);
      case 4, 5 -> random.nextInt(-POINTER_SPREAD, POINTER_SPREAD) & -4L;
      case 6 -> random.nextInt(64);
      case 7 -> code(random);
      default -> random.nextLong();
    };
  }

  private long pointer(SplittableRandom random) {
    int unit = random.nextInt(4) == 0 ? 1 : 8;
    return middleOf(places.data()) + (long) random.nextInt(-POINTER_SPREAD, POINTER_SPREAD) * unit;
  }

  private long code(SplittableRandom random) {
    long length = places.code().length();
    return pointerTo(
        executor.architecture(), places.code().first() + (random.nextLong(length) & -16L));
  }

  /** An address of code as programs keep it, with its mark where there are several sets. */
  public static long pointerTo(Architecture architecture, long address) {
    CodeAddress code = new CodeAddress(address, architecture.instructionSet());
    return architecture.calls().map(calls -> calls.asReturnAddress(code)).orElse(address);
  }

  private static long middleOf(AddressRange range) {
    return range.first() + range.length() / 2;
  }
}
