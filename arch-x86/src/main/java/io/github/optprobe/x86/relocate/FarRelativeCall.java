package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@code call rel32} to anywhere: pushes the original return address and jumps. */
public record FarRelativeCall(Instruction original) implements FarRelocation {
  @Override
  public int length() {
    return Branches.PUSH_RETURN_ADDRESS_BYTES + Branches.FAR_JMP_BYTES;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    Branches.pushReturnAddress(out, original.nextAddress());
    Branches.farJmp(out, targets.of(original.branchTarget()));
  }
}
