package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.Objection;

/** What refused instructions, of which the decode table says nothing, may do to registers. */
final class Refused {
  private static final int ALL = 0x7FFF;

  private Refused() {}

  /**
   * The registers that it may write, PC and SP left out, bit n for register n.
   *
   * <p>Exclusive accesses and coprocessor instructions write registers that a field of four bits
   * names, at bit 16, 12, 8 or 0, and LDREXD of A32 the one behind that at bit 12 too (Arm
   * Architecture Reference Manual, A8.8).
   */
  static int registersWritten(Instruction instruction) {
    Objection objection = instruction.objection();
    boolean named = objection == Objection.EXCLUSIVE || objection == Objection.COPROCESSOR;
    int sp = 1 << State.SP;
    return (named ? named(instruction.encoding()) : ALL) & ~sp;
  }

  private static int named(int encoding) {
    int second = encoding >>> 12 & 0xF;
    return 1 << (encoding >>> 16 & 0xF)
        | 3 << second
        | 1 << (encoding >>> 8 & 0xF)
        | 1 << (encoding & 0xF);
  }
}
