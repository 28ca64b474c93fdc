package io.github.optprobe.x86.forms;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a program could see after an instruction: what it ended with, registers, data,
 * and the stack down to the end of the red zone.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content.
record EndState(Stop stop, long[] general, VectorState vectors, ByteBuffer data, ByteBuffer stack) {
  /** The CPU's own "resume" flag: set in what a fault saves, and of no meaning to the program. */
  private static final long RESUME_FLAG = 0x10000;

  private static final int SIGBUS = 7;
  private static final int SIGSEGV = 11;
  private static final int NO_ADDRESS = 128;

  /** What an emulation ends with whose load or store is not permitted; no kernel says so. */
  static Stop emulatedFault(long address) {
    return new Stop(Stop.Kind.SIGNAL, SIGSEGV, 0, address);
  }

  private boolean isEmulatedFault() {
    return stop.signal() == SIGSEGV && stop.code() == 0;
  }

  private boolean isMemoryFault() {
    return stop.signal() == SIGSEGV || stop.signal() == SIGBUS;
  }

  /** Whether a branch faulted where it stands because its target is no address. */
  boolean isBranchToNoAddress(Instruction branch) {
    return branch.flow() != Flow.NEXT && isNoAddress() && programCounter() == FormBench.CODE;
  }

  /** Where it stopped. */
  long programCounter() {
    return general[GeneralRegister.RIP.index()];
  }

  /** An emulated branch goes where it leads, and the next instruction faults: nothing else will. */
  List<String> differencesToBranchNowhere() {
    return isNoAddress() || isEmulatedFault() ? List.of() : List.of("went on: " + stop);
  }

  private boolean isNoAddress() {
    return stop.signal() == SIGSEGV && stop.code() == NO_ADDRESS;
  }

  /** What differs, in words, but for what need not be the same. */
  List<String> differencesTo(EndState other, Exemption exemption) {
    List<String> differences = new ArrayList<>();
    if (!stop.equals(other.stop) && !(isEmulatedFault() && other.isMemoryFault())) {
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
