package io.github.optprobe.testkit.traced;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where the one CPU stands, and where it will return to. Which words of a stack are return
 * addresses is not known, so every word that could be one counts: that may delay who waits, and
 * never misleads.
 */
final class Standing {
  private final TracedMachine machine;
  private final TracedRegisters registers;
  private final int wordBytes;
  private final TracedData data;
  private final Deque<Long> suspended = new ArrayDeque<>();
  private boolean active;

  Standing(TracedMachine machine, TracedRegisters registers, CpuMode mode) {
    this.machine = machine;
    this.registers = registers;
    wordBytes = mode.wordBytes();
    data = new TracedData(machine.regions());
  }

  /** A run begins, inside the one that goes on now if there is one. */
  synchronized void runBegins() {
    if (active) {
      suspended.push(registers.lastProgramCounter());
    }
    active = true;
  }

  /** The innermost run has ended, and the registers are those of the one around it again. */
  synchronized void runEnds() {
    active = !suspended.isEmpty();
    if (active) {
      suspended.pop();
    }
  }

  /** Whether the CPU is neither in the range nor will return into it. */
  synchronized boolean outside(AddressRange range) {
    if (machine.isRunning()) {
      return false;
    }
    return !active
        || !(range.contains(registers.lastProgramCounter())
            || suspended.stream().anyMatch(range::contains)
            || stackMentions(range));
  }

  private boolean stackMentions(AddressRange range) {
    long pointer = registers.lastStackPointer();
    Region stack = machine.regions().at(pointer);
    if (stack == null) {
      return false;
    }
    long end = stack.range().last() + 1 - wordBytes;
    for (long at = pointer; Long.compareUnsigned(at, end) <= 0; at += wordBytes) {
      if (range.contains(data.load(at, wordBytes))) {
        return true;
      }
    }
    return false;
  }
}
