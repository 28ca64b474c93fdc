package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@link CallIntoBuffer} to anywhere: a call through an address that stands behind it. */
public record FarCallIntoBuffer(Instruction original) implements FarRelocation {
  private static final int JMP_SHORT_BYTES = 2;
  private static final int BYTES = 6 + JMP_SHORT_BYTES + Long.BYTES;

  @Override
  public int length() {
    return BYTES;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(0xFF, 0x15).int32(JMP_SHORT_BYTES); // call [rip+2]
    out.code(0xEB, Long.BYTES); // jmp over the address
    out.int64(targets.of(original.branchTarget()));
  }
}
