package io.github.optprobe.testkit.emulator;

import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says whether the stopped CPU stands in a range, or will return into it. Which words of a stack
 * are return addresses is not known, so every word that could be one counts: that may delay who
 * waits, and never misleads.
 */
final class Quiescence {
  private final AddressSpace space;
  private final EngineLock lock;
  private final int word;
  private final Deque<Standing> suspended = new ArrayDeque<>();
  private final LongSupplier programCounter;
  private boolean active;
  private long stackPointer;
  private long link;

  /**
   * Creates it.
   *
   * @param word width of a return address on the stack in bytes, 8 or 4
   * @param programCounter where the CPU goes on, live: a handler, or a probe's resuming, may have
   *     changed it since the CPU stopped
   */
  Quiescence(AddressSpace space, EngineLock lock, int word, LongSupplier programCounter) {
    this.space = space;
    this.lock = lock;
    this.word = word;
    this.programCounter = programCounter;
  }

  /** A run begins, inside the one that goes on now if there is one. */
  synchronized void runBegins() {
    if (active) {
      suspended.push(new Standing(programCounter.getAsLong(), link));
    }
    active = true;
  }

  /** The innermost run has ended, and the program counter is that of the one around it again. */
  synchronized void runEnds() {
    active = !suspended.isEmpty();
    if (active) {
      suspended.pop();
    }
  }

  /**
   * The CPU has stopped.
   *
   * @param sp what is on its stack
   * @param linkRegister where the function that it is in may return to without having put that on
   *     the stack; 0 if calls always put it there
   */
  synchronized void stoppedWith(long sp, long linkRegister) {
    stackPointer = sp;
    link = linkRegister;
  }

  /** Whether the CPU is neither in the range nor will return into it. */
  boolean holdsFor(AddressRange range) {
    return !lock.isTakenByAnother() && stoppedOutside(range);
  }

  private synchronized boolean stoppedOutside(AddressRange range) {
    if (!active) {
      return true;
    }
    return !new Standing(programCounter.getAsLong(), link).touches(range)
        && suspended.stream().noneMatch(standing -> standing.touches(range))
        && !stackMentions(range);
  }

  private boolean stackMentions(AddressRange range) {
    @Nullable Mapping stack = space.at(stackPointer);
    if (stack == null) {
      return false;
    }
    int end = stack.memory().capacity() - word;
    for (int offset = stack.offsetOf(stackPointer); offset <= end; offset += word) {
      if (range.contains(wordAt(stack.memory(), offset))) {
        return true;
      }
    }
    return false;
  }

  private long wordAt(ByteBuffer memory, int offset) {
    return word == Long.BYTES
        ? memory.getLong(offset)
        : Integer.toUnsignedLong(memory.getInt(offset));
  }

  /** Where a CPU stands, and where it returns to from there. */
  private record Standing(long programCounter, long link) {
    boolean touches(AddressRange range) {
      return range.contains(programCounter) || range.contains(link);
    }
  }
}
