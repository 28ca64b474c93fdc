package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/** How one instruction is copied so that it means the same elsewhere. Immutable. */
public sealed interface Relocation
    permits Verbatim,
        IpRelativeOperand,
        RelativeJump,
        ConditionalJump,
        CounterBranch,
        RelativeCall,
        IndirectCall {

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
   * Writes the relocated form.
   *
   * @param out is at the relocated form's address
   * @param targets where branch targets are now
   */
  void emit(CodeBuffer out, Targets targets);
}
