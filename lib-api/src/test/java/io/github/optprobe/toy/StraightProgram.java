package io.github.optprobe.toy;

import java.util.List;

/** Instructions of one byte each, so that windows overlap at every distance; then a subroutine. */
public record StraightProgram(ToyAsm asm, int length) implements Program {

  /** A program of so many instructions in front of the one that halts. */
  public static StraightProgram at(long base, int length) {
    ToyAsm asm = new ToyAsm(base);
    for (int i = 0; i < length; i++) {
      asm.op(i % 4 == 1 ? ToyOp.INX : ToyOp.NOP);
    }
    asm.op(ToyOp.HLT).label("sub").op(ToyOp.INX).op(ToyOp.RET);
    return new StraightProgram(asm, length);
  }

  @Override
  public List<Long> addresses() {
    return asm.addresses();
  }

  @Override
  public int windowBytes(long address) {
    return address + 3 <= asm.base() + length ? 3 : 0;
  }
}
