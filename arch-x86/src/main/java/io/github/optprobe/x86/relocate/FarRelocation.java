package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import java.util.Optional;

/** A relocation in 64-bit mode that reaches everything from anywhere. Longer than the near ones. */
public sealed interface FarRelocation extends Relocation
    permits FarRelativeJump,
        FarConditionalJump,
        FarCounterBranch,
        FarRelativeCall,
        FarCallIntoBuffer,
        FarIndirectCall,
        FarIndirectJump,
        FarLea,
        FarMove,
        FarOperand {

  @Override
  default Optional<AddressRange> reach() {
    return Optional.empty();
  }
}
