package io.github.optprobe.x86.scan;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Flow;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import java.util.Arrays;

/**
 * Helper functions of compilers, known by their bytes and not by their names, which may be missing:
 * those through which a direct jump is an indirect one (retpolines: {@code
 * __x86_indirect_thunk_rax} and its kin), and those that load the program counter in 32-bit code.
 * Anything that starts with a jump through a register counts as the first.
 */
final class Thunks {
  private static final int NONE = -1;
  private static final int LOOK = 32;
  private static final int CALL_BYTES = 5;
  private static final byte[] LFENCE = {0x0F, (byte) 0xAE, (byte) 0xE8};
  private static final byte[] ENDBR = {(byte) 0xF3, 0x0F, 0x1E, (byte) 0xFA};

  private final TextReader text;
  private final AddressRange body;
  private final MachineMode mode;

  Thunks(TextReader text, AddressRange body, MachineMode mode) {
    this.text = text;
    this.body = body;
    this.mode = mode;
  }

  /** The register that a direct jump out of the function jumps through; -1 if it is a plain one. */
  int register(Instruction instruction) {
    boolean jump =
        instruction.flow() == Flow.JUMP_RELATIVE || instruction.flow() == Flow.COND_RELATIVE;
    if (!jump || body.contains(instruction.branchTarget())) {
      return NONE;
    }
    byte[] bytes = read(instruction.branchTarget(), LOOK);
    int start = skip(bytes, 0, ENDBR);
    boolean call = at(bytes, start) == 0xE8;
    return call ? returnTrampoline(bytes, start) : jumpThrough(bytes, skip(bytes, start, LFENCE));
  }

  /** Register that {@code call; mov (%esp), %reg; ret} loads with the return address, or -1. */
  int programCounterCall(Instruction instruction) {
    boolean possible = mode == MachineMode.BITS_32 && instruction.flow() == Flow.CALL_RELATIVE;
    if (!possible) {
      return NONE;
    }
    byte[] bytes = read(instruction.branchTarget(), 4);
    boolean loads = at(bytes, 0) == 0x8B && (at(bytes, 1) & 0xC7) == 0x04 && at(bytes, 2) == 0x24;
    return loads && at(bytes, 3) == 0xC3 ? at(bytes, 1) >> 3 & 7 : NONE;
  }

  private byte[] read(long address, int count) {
    byte[] bytes = new byte[count];
    return Arrays.copyOf(bytes, text.read(address, bytes, 0, count));
  }

  /** Unsigned; -1 behind the end. */
  private static int at(byte[] bytes, int index) {
    return index >= 0 && index < bytes.length ? bytes[index] & 0xFF : -1;
  }

  private static int skip(byte[] bytes, int at, byte[] what) {
    int end = at + what.length;
    boolean there = end <= bytes.length && Arrays.equals(bytes, at, end, what, 0, what.length);
    return there ? end : at;
  }

  /** {@code jmp *%reg}, with or without a notrack prefix. */
  private static int jumpThrough(byte[] bytes, int start) {
    int at = at(bytes, start) == 0x3E ? start + 1 : start;
    boolean extended = at(bytes, at) == 0x41;
    int opcode = extended ? at + 1 : at;
    boolean jump = at(bytes, opcode) == 0xFF && (at(bytes, opcode + 1) & 0xF8) == 0xE0;
    return jump ? (at(bytes, opcode + 1) & 7) + (extended ? 8 : 0) : NONE;
  }

  /** {@code call} over a loop to {@code mov %reg, (%rsp); ret}. */
  private int returnTrampoline(byte[] bytes, int start) {
    int distance = at(bytes, start + 1);
    int at = start + CALL_BYTES + distance;
    boolean wide = mode == MachineMode.BITS_64;
    int rex = wide ? at(bytes, at) : 0x48;
    int opcode = wide ? at + 1 : at;
    boolean replaces =
        (rex & 0xFB) == 0x48
            && at(bytes, opcode) == 0x89
            && (at(bytes, opcode + 1) & 0xC7) == 0x04
            && at(bytes, opcode + 2) == 0x24
            && at(bytes, opcode + 3) == 0xC3;
    return replaces ? (at(bytes, opcode + 1) >> 3 & 7) + ((rex & 4) != 0 ? 8 : 0) : NONE;
  }
}
