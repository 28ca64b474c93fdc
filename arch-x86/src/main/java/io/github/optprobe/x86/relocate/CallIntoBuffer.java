package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/**
 * {@code call rel32} that does not end its window, where the user allows a return address in the
 * buffer: it stays a call.
 */
public record CallIntoBuffer(Instruction original) implements Relocation {
  private static final int BYTES = 5;

  @Override
  public int length() {
    return BYTES;
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.of(Reach.of(original.branchTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return Relocation.in64Bit(new FarCallIntoBuffer(original));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(0xE8).displacement32(targets.of(original.branchTarget()), 0);
  }
}
