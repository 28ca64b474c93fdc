package io.github.optprobe.x86.forms;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a probed run need not have in common with the unprobed one, each for a reason that is known.
 *
 * @param registers general registers
 * @param stack bytes of the stack
 */
record Exemption(Set<GeneralRegister> registers, Optional<Bytes> stack) {
  private static final Exemption NONE = new Exemption(Set.of(), Optional.empty());

  /** Their results are not the same twice: times and random numbers. */
  private static final Set<String> UNREPEATABLE = Set.of("rdtsc", "rdtscp", "rdrand", "rdseed");

  private static final int SIGSEGV = 11;
  private static final int NO_ADDRESS = 128;

  /** The two words that a call may change, the lower one below what it pushes. */
  private static final Bytes BELOW = new Bytes(FormBench.RED_ZONE - 16, 8);

  private static final Bytes BELOW_AND_PUSHED = new Bytes(FormBench.RED_ZONE - 16, 16);

  /** Some bytes, by their distance from the end of the red zone. */
  record Bytes(int offset, int length) {
    void copy(ByteBuffer from, ByteBuffer to) {
      to.put(offset, from, offset, length);
    }
  }

  /**
   * What is exempt for an instruction.
   *
   * @param unprobed how its unprobed run from the same state ended
   */
  static Exemption of(Instruction instruction, EndState unprobed) {
    if (UNREPEATABLE.contains(instruction.mnemonic())) {
      return new Exemption(written(instruction), Optional.empty());
    }
    if (instruction.flow() != Flow.CALL_INDIRECT) {
      return NONE;
    }
    // Its relocated form leaves the target where the callee's red zone begins, and pushes the
    // return
    // address before it jumps: if that faults, the address has been pushed and taken back.
    return new Exemption(
        Set.of(), Optional.of(faultedAtTheCall(unprobed) ? BELOW_AND_PUSHED : BELOW));
  }

  private static boolean faultedAtTheCall(EndState unprobed) {
    Stop stop = unprobed.stop();
    return stop.signal() == SIGSEGV
        && stop.code() == NO_ADDRESS
        && unprobed.programCounter() == FormBench.CODE;
  }

  private static Set<GeneralRegister> written(Instruction instruction) {
    Set<GeneralRegister> registers = EnumSet.noneOf(GeneralRegister.class);
    for (int number = 0; number < 16; number++) {
      if (((instruction.generalRegistersWritten() >> number) & 1) != 0) {
        registers.add(GeneralRegister.ofNumber(number));
      }
    }
    return registers;
  }
}
