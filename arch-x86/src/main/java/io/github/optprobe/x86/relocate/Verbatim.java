package io.github.optprobe.x86.relocate;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Optional;

/** An instruction that means the same everywhere: it is copied byte for byte. */
public record Verbatim(Instruction original) implements Relocation {
  @Override
  public int length() {
    return original.length();
  }

  @Override
  public Optional<AddressRange> reach() {
    return Optional.empty();
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(original.bytes());
  }
}
