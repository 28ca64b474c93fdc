package io.github.optprobe.internal;

import io.github.optprobe.arch.Registers;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tracked calls of one CPU, the innermost on top. Used by the CPU's thread; whether there are
 * any may be asked by any.
 *
 * <p>Calls need not return in the order in which they came: a program may leave several at once
 * (longjmp, exceptions) or switch stacks. Which call has returned is therefore told by the stack
 * pointer, and calls that seem to be left behind stay until it is certain that they are.
 *
 * <p>Several instances track one call if several return probes stand at its function, or if its
 * function jumped into another one with a return probe. The latest of them stands for the call
 * here; the others hang on it by {@link Instance#older}.
 */
final class ReturnStack {
  /** What a return may pop besides its address: x86's {@code ret imm16} has the most. */
  private static final long MOST_ARGUMENT_BYTES = 0xFFFF;

  private final Trampolines trampolines;
  private @Nullable Instance<?> top;
  private volatile int depth;

  ReturnStack(Trampolines trampolines) {
    this.trampolines = trampolines;
  }

  boolean isEmpty() {
    return depth == 0;
  }

  /**
   * The place of a call's return address holds that of a new call: the calls whose return address
   * was there are over, and their instances free.
   *
   * @param found the new call's return address
   * @param stackPointer that of its entry
   */
  void dropOverwritten(long found, long stackPointer) {
    if (trampolines.isReturnAddress(found)) {
      return;
    }
    // All of them: one that was left behind may lie below calls that came after it.
    for (Instance<?> each = top; each != null; ) {
      Instance<?> below = each.below();
      if (each.entryStackPointer() == stackPointer) {
        unlink(each);
        recycle(each);
      }
      each = below;
    }
  }

  /** None of the calls will return here: their thread is no more. */
  void abandon() {
    while (top != null) {
      Instance<?> call = top;
      unlink(call);
      recycle(call);
    }
  }

  private static void recycle(Instance<?> call) {
    for (Instance<?> each = call; each != null; ) {
      Instance<?> older = each.older();
      each.member().recycle(each);
      each = older;
    }
  }

  /**
   * The call that is tracked already and goes on in a function that was just entered.
   *
   * @param found what stands where the function's return address is
   * @param stackPointer that of its entry
   * @return null if it is a call of its own
   * @throws IllegalStateException if it returns to the trampoline, and no tracked call fits
   */
  @Nullable Instance<?> sharing(long found, long stackPointer) {
    if (!trampolines.isReturnAddress(found)) {
      return null;
    }
    // A function that pops its arguments leaves the address where its own arguments end.
    return require(nearest(stackPointer, Instance::entryStackPointer), stackPointer);
  }

  /**
   * Tracks a call.
   *
   * @param sharing what {@link #sharing} said
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // Written by one thread only.
  void push(Instance<?> instance, @Nullable Instance<?> sharing) {
    if (sharing != null) {
      unlink(sharing);
    }
    instance.setOlder(sharing);
    instance.setBelow(top);
    top = instance;
    depth++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Written by one thread only.
  private void unlink(Instance<?> call) {
    Instance<?> above = null;
    for (Instance<?> each = top; each != null && each != call; each = each.below()) {
      above = each;
    }
    if (above == null) {
      top = call.below();
    } else {
      above.setBelow(call.below());
    }
    call.setBelow(null);
    depth--;
  }

  /**
   * Takes off the call that has just returned: all instances that track it, the latest first,
   * linked by {@link Instance#older}.
   *
   * @throws IllegalStateException if no call fits
   */
  Instance<?> returned(Registers registers) {
    long stackPointer = registers.stackPointer();
    Instance<?> call =
        require(nearest(stackPointer, Instance::stackPointerAfterReturn), stackPointer);
    unlink(call);
    return call;
  }

  /** The call at the place that is the least below the stack pointer; null if all are too far. */
  private @Nullable Instance<?> nearest(long stackPointer, ToLongFunction<Instance<?>> place) {
    Instance<?> best = null;
    long least = MOST_ARGUMENT_BYTES + 1;
    for (Instance<?> each = top; each != null && least != 0; each = each.below()) {
      long distance = stackPointer - place.applyAsLong(each);
      if (Long.compareUnsigned(distance, least) < 0) {
        best = each;
        least = distance;
      }
    }
    return best;
  }

  private static Instance<?> require(@Nullable Instance<?> call, long stackPointer) {
    if (call == null) {
      throw new IllegalStateException(
          "no tracked call fits the stack pointer 0x%x: the stack is another CPU's, or corrupt"
              .formatted(stackPointer));
    }
    return call;
  }

  /** The call whose return address lies where that stack pointer was at its entry; or null. */
  @Nullable Instance<?> trackedAt(long entryStackPointer) {
    for (Instance<?> each = top; each != null; each = each.below()) {
      if (each.entryStackPointer() == entryStackPointer) {
        return each;
      }
    }
    return null;
  }

  /** The real return addresses, the innermost call first. */
  long[] returnAddresses() {
    long[] found = new long[depth];
    int count = 0;
    for (Instance<?> each = top; each != null; each = each.below()) {
      found[count++] = each.returnAddress();
    }
    return found;
  }
}
