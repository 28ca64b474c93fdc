package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/** {@code jcc rel8} or {@code jcc rel32}: becomes {@code jcc rel32}. */
public record ConditionalJump(Instruction original) implements Relocation {
  @Override
  public int length() {
    return Branches.JCC_BYTES;
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.of(Reach.of(original.branchTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return Relocation.in64Bit(new FarConditionalJump(original));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    // In both maps the condition is the low half of the opcode byte.
    Branches.jcc(out, original.opcode() & 0xF, targets.of(original.branchTarget()));
  }
}
