package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/**
 * Which instruction set the emulated ARM CPU executes, and where it goes on. The program counter is
 * always a plain address; bit T of the status register says what is there.
 */
final class ArmState {
  private static final long THUMB = 1 << 5;
  private static final long IT = 0x0600_FC00L;

  private final Engine engine;
  private final LiveRegisters registers;
  private final int status;

  ArmState(ExecutorProfile profile, Engine engine, LiveRegisters registers) {
    this.engine = engine;
    this.registers = registers;
    status = profile.status().id();
  }

  /** Whether a function pointer is one to T32 code. */
  static boolean isMarked(long pointer) {
    return (pointer & 1) != 0;
  }

  /** A pointer to T32 code. */
  static long marked(long address) {
    return address | 1;
  }

  /** Whether T32 is executed. */
  boolean isThumb() {
    return (engine.register(status) & THUMB) != 0;
  }

  /** Goes on at a function, as the first instruction of it and in no IT block. */
  void exchange(long pointer) {
    long rest = engine.register(status) & ~(THUMB | IT);
    engine.setRegister(status, isMarked(pointer) ? rest | THUMB : rest);
    registers.setProgramCounter(pointer & ~1L);
  }

  /** Where to run from, as Unicorn wants it: it takes bit T from bit 0. */
  long startingPoint() {
    long pc = registers.programCounter();
    return isThumb() ? marked(pc) : pc;
  }
}
