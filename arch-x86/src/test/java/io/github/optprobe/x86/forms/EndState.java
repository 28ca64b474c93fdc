package io.github.optprobe.x86.forms;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.VectorState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a program could see after an instruction: what it ended with, registers, data,
 * and the stack down to the end of the red zone.
 */
final class EndState {
  /** The CPU's own "resume" flag: set in what a fault saves, and of no meaning to the program. */
  private static final long RESUME_FLAG = 0x10000;

  private final Stop stop;
  private final long[] general;
  private final VectorState vectors;
  private final ByteBuffer data;
  private final ByteBuffer stack;

  EndState(Stop stop, long[] general, VectorState vectors, ByteBuffer data, ByteBuffer stack) {
    this.stop = stop;
    this.general = general;
    this.vectors = vectors;
    this.data = data;
    this.stack = stack;
  }

  /** Why it stopped. */
  Stop stop() {
    return stop;
  }

  /** Where it stopped. */
  long programCounter() {
    return value(GeneralRegister.RIP);
  }

  /** What differs, in words, but for what need not be the same. */
  List<String> differencesTo(EndState other, Exemption exemption) {
    List<String> differences = new ArrayList<>();
    if (!stop.equals(other.stop)) {
      differences.add("stop: %s / %s".formatted(stop, other.stop));
    }
    for (GeneralRegister register : GeneralRegister.values()) {
      long mine = value(register);
      long others = other.value(register);
      if (mine != others && !exemption.registers().contains(register)) {
        differences.add("%s: %x / %x".formatted(register, mine, others));
      }
    }
    differences.addAll(vectors.differencesTo(other.vectors));
    compare(differences, "data", data, other.data);
    exemption.stack().ifPresent(range -> range.copy(other.stack, stack));
    compare(differences, "stack", stack, other.stack);
    return differences;
  }

  private long value(GeneralRegister register) {
    long value = general[register.index()];
    return register == GeneralRegister.RFLAGS ? value & ~RESUME_FLAG : value;
  }

  private static void compare(
      List<String> differences, String name, ByteBuffer mine, ByteBuffer others) {
    int at = mine.mismatch(others);
    if (at >= 0) {
      differences.add("%s+%d: %x / %x".formatted(name, at, mine.get(at), others.get(at)));
    }
  }
}
