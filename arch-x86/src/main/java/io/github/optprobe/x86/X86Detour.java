package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.relocate.Relocation;
import java.util.Arrays;

/** A prepared detour: a window, its buffer, and the jump that leads there. */
record X86Detour(MovePlan plan, RelocatedCode buffer) implements PreparedDetour {
  @Override
  public CodeAddress address() {
    return plan.address();
  }

  @Override
  public AddressRange window() {
    return plan.window();
  }

  @Override
  public byte[] jump() {
    CodeBuffer out = new CodeBuffer(address().value());
    Branches.jmp(out, buffer.slot().address());
    return out.toBytes();
  }

  @Override
  public byte[] replaced() {
    CodeBuffer out = new CodeBuffer(address().value());
    for (Relocation relocation : plan.relocations()) {
      out.code(relocation.original().bytes());
    }
    return Arrays.copyOf(out.toBytes(), Branches.JMP_BYTES);
  }
}
