package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code loop}, {@code loope}, {@code loopne}, {@code jecxz}, {@code jrcxz}: they reach 127 bytes
 * only and have no longer form, so the instruction itself, prefixes included, chooses between two
 * jumps behind it. The counter, its width and the flags are the processor's own affair.
 */
public record CounterBranch(Instruction original) implements Relocation {
  /** {@code jmp rel8} over the jump to the target. */
  static final int SKIP_BYTES = 2;

  @Override
  public int length() {
    return original.length() + SKIP_BYTES + Branches.JMP_BYTES;
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.of(Reach.of(original.branchTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return Relocation.in64Bit(new FarCounterBranch(original));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    chooseNext(out, original, Branches.JMP_BYTES);
    Branches.jmp(out, targets.of(original.branchTarget()));
  }

  /** Goes on with the next instruction, a jump of so many bytes, if it branches; else behind it. */
  static void chooseNext(CodeBuffer out, Instruction original, int jumpBytes) {
    byte[] bytes = original.bytes();
    out.code(Arrays.copyOf(bytes, bytes.length - 1)).code(SKIP_BYTES);
    out.code(0xEB, jumpBytes); // jmp rel8
  }
}
