package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@code jcc} to anywhere: the opposite condition jumps over an absolute jump. */
public record FarConditionalJump(Instruction original) implements FarRelocation {
  private static final int JCC_SHORT_BYTES = 2;

  @Override
  public int length() {
    return JCC_SHORT_BYTES + Branches.FAR_JMP_BYTES;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    int opposite = (original.opcode() & 0xF) ^ 1;
    out.code(0x70 | opposite, Branches.FAR_JMP_BYTES);
    Branches.farJmp(out, targets.of(original.branchTarget()));
  }
}
