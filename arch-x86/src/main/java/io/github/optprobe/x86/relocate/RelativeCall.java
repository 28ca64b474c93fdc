package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/**
 * {@code call rel32}: pushes the original return address and jumps. The jump overwrites nothing
 * behind it, so that the return address is never overwritten.
 */
public record RelativeCall(Instruction original) implements Relocation {
  @Override
  public int length() {
    return Branches.callBytes(original.mode().bits());
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.of(Reach.of(original.branchTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return Relocation.in64Bit(new FarRelativeCall(original));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    long returnAddress = original.nextAddress();
    Branches.call(out, returnAddress, targets.of(original.branchTarget()));
  }
}
