package io.github.optprobe.x86.sweep;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.VectorState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a run stands between two instructions, or at one that faulted, and all that a program could
 * see there.
 *
 * @param address in the original code
 * @param stop what the last instruction ended with
 * @param general registers; of the program counter {@code address} is what counts
 * @param vectors vector registers, if they are looked at
 * @param memory what code may write
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content.
record Point(
    long address,
    Stop stop,
    long[] general,
    Optional<VectorState> vectors,
    List<ByteBuffer> memory) {
  /** The CPU's own "resume" flag: set in what a fault saves, and of no meaning to the program. */
  private static final long RESUME_FLAG = 0x10000;

  private static final int SIGILL = 4;
  private static final int SIGSEGV = 11;
  private static final int NO_ADDRESS = 128;

  boolean isFault() {
    return stop.kind() != Stop.Kind.STEP;
  }

  /** Whether it faulted for an address that is none, such as one to branch to. */
  boolean isNoAddress() {
    return isFault() && stop.signal() == SIGSEGV && stop.code() == NO_ADDRESS;
  }

  /** Whether the CPU says that what stands there is no instruction. */
  boolean isNoInstruction() {
    return isFault() && stop.signal() == SIGILL;
  }

  /** What differs, in words. */
  List<String> differencesTo(Point other, Exemption exemption) {
    List<String> differences = new ArrayList<>();
    if (address != other.address) {
      differences.add("address: %x / %x".formatted(address, other.address));
    }
    if (isFault() != other.isFault() || (isFault() && !stop.equals(other.stop))) {
      differences.add("stop: %s / %s".formatted(stop, other.stop));
    }
    for (GeneralRegister register : GeneralRegister.values()) {
      boolean counts = register != GeneralRegister.RIP && !exemption.registers(register);
      if (counts && value(register) != other.value(register)) {
        differences.add("%s: %x / %x".formatted(register, value(register), other.value(register)));
      }
    }
    vectors.ifPresent(
        mine -> other.vectors.map(mine::differencesTo).ifPresent(differences::addAll));
    compareMemory(differences, other, exemption);
    return differences;
  }

  long value(GeneralRegister register) {
    long value = general[register.index()];
    return register == GeneralRegister.RFLAGS ? value & ~RESUME_FLAG : value;
  }

  private void compareMemory(List<String> differences, Point other, Exemption exemption) {
    if (memory.size() != other.memory.size()) {
      throw new IllegalStateException("not the same memory is compared");
    }
    for (int i = 0; i < memory.size(); i++) {
      ByteBuffer mine = memory.get(i);
      int at = mine.mismatch(other.memory.get(i));
      while (at >= 0 && exemption.memory(i, at)) {
        int rest = at + 1;
        int next =
            mine.slice(rest, mine.capacity() - rest)
                .mismatch(other.memory.get(i).slice(rest, mine.capacity() - rest));
        at = next < 0 ? -1 : rest + next;
      }
      if (at >= 0) {
        differences.add(
            "memory %d+%x: %x / %x".formatted(i, at, mine.get(at), other.memory.get(i).get(at)));
      }
    }
  }
}
