package io.github.optprobe;

import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.BeforeEach;

/** Straight code of one byte per instruction. */
abstract class StraightCodeTest extends ToyTest {
  /** Straight code of one byte per instruction, so that windows overlap at every distance. */
  @BeforeEach
  void program() {
    for (int i = 0; i < 12; i++) {
      asm.op(ToyOp.NOP).op(i % 2 == 0 ? ToyOp.INX : ToyOp.NOP);
    }
    asm.op(ToyOp.ADD, 3).op(ToyOp.HLT);
    start();
  }
}
