package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A memory operand relative to rip or eip: the displacement is rewritten, wherever in the
 * instruction it stands. An address relative to eip wraps at 32 bits and is therefore reachable
 * from everywhere.
 */
public record IpRelativeOperand(Instruction original) implements Relocation {
  @Override
  public int length() {
    return original.length();
  }

  @Override
  public Optional<AddressRange> reach() {
    return original.eipRelative()
        ? Optional.empty()
        : Optional.of(Reach.of(original.ripRelativeTarget()));
  }

  @Override
  public Optional<Relocation> far() {
    return original.eipRelative()
        ? Optional.empty()
        : farForm().filter(each -> each.original().mode() == MachineMode.BITS_64);
  }

  private Optional<Relocation> farForm() {
    return switch (original.flow()) {
      case JUMP_INDIRECT -> Optional.of(new FarIndirectJump(original));
      case NEXT -> farStraight();
      default -> Optional.empty();
    };
  }

  private Optional<Relocation> farStraight() {
    if (original.mnemonic().equals("lea")) {
      return Optional.of(new FarLea(original));
    }
    if (FarMove.fits(original)) {
      return Optional.of(new FarMove(original));
    }
    return FarOperand.fits(original) ? Optional.of(new FarOperand(original)) : Optional.empty();
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(bytesAt(original, out.address()));
  }

  /** The bytes of an instruction at another address, where they mean the same. */
  static byte[] bytesAt(Instruction original, long address) {
    byte[] bytes = original.bytes();
    if (!original.ripRelative()) {
      return bytes;
    }
    int at = original.displacementOffset();
    int behind = at + Integer.BYTES;
    CodeBuffer out = new CodeBuffer(address);
    out.code(Arrays.copyOf(bytes, at));
    if (original.eipRelative()) {
      long next = out.address() + bytes.length - at;
      out.int32((int) (original.ripRelativeTarget() - next));
    } else {
      out.displacement32(original.ripRelativeTarget(), bytes.length - behind);
    }
    return out.code(Arrays.copyOfRange(bytes, behind, bytes.length)).toBytes();
  }
}
