package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;

/** The prefixes of 64-bit instructions. Source: Intel SDM volume 2, 2.1.1 and 2.2.1. */
final class Prefixes {
  static final int REX_W = 8;
  static final int REX_R = 4;
  static final int REX_B = 1;

  private static final int FS = 0x64;
  private static final int GS = 0x65;
  private static final int NO_TRACK = 0x3E;

  private Prefixes() {}

  /** The low four bits of the REX prefix; 0 if there is none. */
  static int rex(Instruction instruction) {
    return hasRex(instruction) ? instruction.byteAt(instruction.prefixCount() - 1) & 0xF : 0;
  }

  /** REX counts right in front of the opcode of a legacy instruction, or of a 3DNow! one, only. */
  static boolean hasRex(Instruction instruction) {
    int last = instruction.prefixCount() - 1;
    boolean mayHave =
        instruction.encoding() == Encoding.LEGACY || instruction.encoding() == Encoding.THREE_DNOW;
    return mayHave && last >= 0 && (instruction.byteAt(last) & 0xF0) == 0x40;
  }

  /** The prefix of an indirect branch that needs no landing mark, if it is there. */
  static byte[] noTrack(Instruction instruction) {
    return instruction.hasPrefix(NO_TRACK) ? new byte[] {NO_TRACK} : new byte[0];
  }

  /** Writes the prefixes that choose a segment with a base; where there are two, both. */
  static void segment(CodeBuffer out, Instruction instruction) {
    for (int i = 0; i < instruction.prefixCount(); i++) {
      int prefix = instruction.byteAt(i) & 0xFF;
      if (prefix == FS || prefix == GS) {
        out.code(prefix);
      }
    }
  }

  /** How many bytes {@link #segment} writes. */
  static int segmentBytes(Instruction instruction) {
    CodeBuffer out = new CodeBuffer(0);
    segment(out, instruction);
    return out.size();
  }
}
