package io.github.optprobe;

import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.BeforeEach;

/** A loop with every kind of instruction in it. */
abstract class LoopingCodeTest extends ToyTest {
  /** Counts a down from 5, with every kind of instruction in the loop. */
  @BeforeEach
  void program() {
    asm.op16(ToyOp.LD, 0x10)
        .op(ToyOp.ADD, 5)
        .label("loop")
        .op16(ToyOp.ST, 0x20)
        .op(ToyOp.INX)
        .label("pool")
        .to(ToyOp.LDP, "word")
        .op16(ToyOp.ST, 0x30)
        .op16(ToyOp.XPC, 0x1234)
        .op16(ToyOp.ST, 0x40)
        .label("call")
        .to(ToyOp.CALL, "sub")
        .op16(ToyOp.LD, 0x20)
        .label("dec")
        .op(ToyOp.ADDW, 0xFF, 0xFF, 0)
        .to(ToyOp.BNZ, "loop")
        .label("end")
        .op(ToyOp.NOP)
        .to(ToyOp.JR, "last")
        .label("word")
        .raw(0x0C, 0x01)
        .label("last")
        .op(ToyOp.TXA)
        .to(ToyOp.JMP, "halt")
        .label("sub")
        .op(ToyOp.ADD, 1)
        .op(ToyOp.TAX)
        .op(ToyOp.NOP)
        .label("ret")
        .op(ToyOp.RET)
        .label("halt")
        .op(ToyOp.HLT);
    start();
  }
}
