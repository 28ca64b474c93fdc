package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.Optional;

/** How one instruction is copied so that it means the same elsewhere. Immutable. */
public sealed interface Relocation
    permits Verbatim,
        IpRelativeOperand,
        RelativeJump,
        ConditionalJump,
        CounterBranch,
        RelativeCall,
        IndirectCall,
        IndirectCall32,
        CallIntoBuffer,
        FarRelocation {

  /** The instruction to be copied. */
  Instruction original();

  /** Length of the relocated form in bytes, wherever it lies. */
  int length();

  /**
   * Where the slot may lie so that this instruction reaches what it refers to; empty if it may lie
   * anywhere.
   */
  Optional<AddressRange> reach();

  /**
   * The same for a slot from which this one does not reach: it may lie anywhere. Empty if there is
   * none that is right in every case, or if this one may lie anywhere.
   */
  default Optional<Relocation> far() {
    return Optional.empty();
  }

  /** A far form, if it is for 64-bit mode, for which all of them are. */
  static Optional<Relocation> in64Bit(Relocation far) {
    return Optional.of(far).filter(each -> each.original().mode() == MachineMode.BITS_64);
  }

  /** What the form changes by itself for a while, with offsets from its first byte. */
  default List<Borrowed> borrowed() {
    return List.of();
  }

  /**
   * Writes the relocated form.
   *
   * @param out is at the relocated form's address
   * @param targets where branch targets are now
   */
  void emit(CodeBuffer out, Targets targets);
}
