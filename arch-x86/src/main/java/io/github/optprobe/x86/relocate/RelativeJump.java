package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/** {@code jmp rel8} or {@code jmp rel32}: becomes {@code jmp rel32}. */
public record RelativeJump(Instruction original) implements Relocation {
  @Override
  public int length() {
    return Branches.JMP_BYTES;
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.of(Reach.of(original.branchTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return Relocation.in64Bit(new FarRelativeJump(original));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    Branches.jmp(out, targets.of(original.branchTarget()));
  }
}
