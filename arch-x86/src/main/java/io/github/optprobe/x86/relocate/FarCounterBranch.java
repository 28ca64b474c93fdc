package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@code loop}, {@code jrcxz} and their kin to anywhere; see {@link CounterBranch}. */
public record FarCounterBranch(Instruction original) implements FarRelocation {
  @Override
  public int length() {
    return original.length() + CounterBranch.SKIP_BYTES + Branches.FAR_JMP_BYTES;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    CounterBranch.chooseNext(out, original, Branches.FAR_JMP_BYTES);
    Branches.farJmp(out, targets.of(original.branchTarget()));
  }
}
