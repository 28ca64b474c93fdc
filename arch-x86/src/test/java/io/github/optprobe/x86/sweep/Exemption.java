package io.github.optprobe.x86.sweep;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import java.util.List;

/**
 * What a relocated run need not have in common with the original one, each for a reason that is
 * known.
 *
 * @param from first address of bytes that may differ
 * @param bytes how many
 * @param stackPointer whether the stack pointer may differ
 */
record Exemption(long from, int bytes, boolean stackPointer) {
  /** Bytes below the stack pointer that leaf functions use. */
  private static final int RED_ZONE = 128;

  static final Exemption NONE = new Exemption(0, 0, false);

  /** Where data and stack of the sandbox are, in the order in which they are compared. */
  private static final long[] MEMORY = {Sandbox.DATA, Sandbox.STACK};

  /**
   * A relocated indirect call leaves its target where the callee's red zone begins.
   *
   * @param after the original run behind the call
   */
  static Exemption ofCall(Point after) {
    return new Exemption(after.value(GeneralRegister.RSP) - 8, 8, false);
  }

  /**
   * It has also pushed the return address when it faults for a target that is no address.
   *
   * @param at the original run at the call, which has not
   */
  static Exemption ofFaultingCall(Point at) {
    return new Exemption(at.value(GeneralRegister.RSP) - 16, 16, true);
  }

  /**
   * Whoever goes through a detour buffer leaves the saved registers below the red zone of the
   * probed instruction; what else differs at an indirect call, which ends a window.
   *
   * @param end the original run at its end
   */
  static Exemption throughBuffer(List<Instruction> window, Point end) {
    Instruction last = window.get(window.size() - 1);
    long redZone = Sandbox.STACK_POINTER - RED_ZONE;
    boolean called = last.flow() == Flow.CALL_INDIRECT && !end.isFault();
    long to = called ? end.value(GeneralRegister.RSP) : redZone;
    boolean elsewhere = to < redZone || to > Sandbox.STACK_POINTER;
    return new Exemption(Sandbox.STACK, (int) ((elsewhere ? redZone : to) - Sandbox.STACK), false);
  }

  boolean registers(GeneralRegister register) {
    return stackPointer && register == GeneralRegister.RSP;
  }

  boolean memory(int index, int offset) {
    long distance = index < MEMORY.length ? MEMORY[index] + offset - from : -1;
    return distance >= 0 && distance < bytes;
  }
}
