package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@code jmp} to anywhere. */
public record FarRelativeJump(Instruction original) implements FarRelocation {
  @Override
  public int length() {
    return Branches.FAR_JMP_BYTES;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    Branches.farJmp(out, targets.of(original.branchTarget()));
  }
}
