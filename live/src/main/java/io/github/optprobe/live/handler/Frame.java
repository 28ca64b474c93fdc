package io.github.optprobe.live.handler;

import static io.github.optprobe.live.handler.Assembler.RAX;
import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RDX;
import static io.github.optprobe.live.handler.Assembler.RSI;
import static io.github.optprobe.live.handler.Assembler.RSP;

import java.util.List;

/**
 * Saves on the stack what handlers in machine code use, below the red zone, and restores it: a few
 * general registers and the arithmetic flags. The other flags (direction, alignment check, trap)
 * and the vector registers are not touched by any code here. The flags take lahf and seto there,
 * add and sahf back, which costs a fraction of pushfq and popfq; every x86-64 CPU but the first few
 * has lahf in 64-bit mode. Not thread-safe.
 */
public final class Frame {
  /** Number of rip, as in the register file of x86-64. */
  public static final int RIP = 16;

  /** Number of rflags, as in the register file of x86-64. */
  public static final int RFLAGS = 17;

  private static final int RED_ZONE = 128;

  private final Assembler code = new Assembler();
  private final Needs needs;
  private final long probedAddress;
  private final List<Integer> saved;
  private final int words;

  /**
   * Lays a frame out.
   *
   * @param words how many words the code keeps in the frame for itself
   * @param probedAddress what rip is
   */
  public Frame(Needs needs, int words, long probedAddress) {
    this.needs = needs;
    this.words = words;
    this.probedAddress = probedAddress;
    saved = needs.accumulator() ? List.of(RAX, RCX, RDX, RSI) : List.of(RAX, RCX, RDX);
  }

  /** Where its code is written. */
  public Assembler code() {
    return code;
  }

  /** Saves. */
  public void enter() {
    code.lea(RSP, RSP, -distance());
    saved.forEach(register -> code.store(RSP, slot(register), register));
    if (needs.flagsImage()) {
      code.code(0x9c); // pushfq
      code.popToStack(flagsImage());
    }
    code.code(0x9f, 0x0f, 0x90, 0xc0); // lahf; seto al
    if (needs.accumulator()) {
      code.store(RSP, flags(), RAX);
    }
  }

  /** Restores; may be written wherever a way out is. */
  public void leave() {
    if (needs.accumulator()) {
      code.load(RAX, RSP, flags());
    }
    code.code(0x04, 0x7f, 0x9e); // add al, 127 makes the overflow flag again; sahf
    saved.forEach(register -> code.load(register, RSP, slot(register)));
    code.lea(RSP, RSP, distance());
  }

  /** Loads what a register held when the probe was hit: 0 to 15, {@link #RIP}, {@link #RFLAGS}. */
  public void loadRegister(int to, int number) {
    if (number == RIP) {
      code.address(to, probedAddress);
    } else if (number == RFLAGS) {
      code.load(to, RSP, flagsImage());
    } else if (number == RSP) {
      code.lea(to, RSP, distance());
    } else if (saved.contains(number)) {
      code.load(to, RSP, slot(number));
    } else {
      code.move(to, number);
    }
  }

  /** Where in the frame a word of the code itself is, from rsp on. */
  public int word(int index) {
    return (saved.size() + 2 + index) * Long.BYTES;
  }

  private int slot(int register) {
    return saved.indexOf(register) * Long.BYTES;
  }

  private int flags() {
    return word(-2);
  }

  private int flagsImage() {
    return word(-1);
  }

  private int distance() {
    return RED_ZONE + word(words);
  }
}
