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
final class X86Detour implements PreparedDetour {
  private final MovePlan plan;
  private final RelocatedCode buffer;
  // Asked for on every reading of recovered text near the window, so made once.
  private final byte[] jump;
  private final byte[] replaced;

  X86Detour(MovePlan plan, RelocatedCode buffer) {
    this.plan = plan;
    this.buffer = buffer;
    jump = jumpTo(buffer.slot().address());
    replaced = Arrays.copyOf(windowBytes(), jump.length);
  }

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
    return jump.clone();
  }

  @Override
  public byte[] replaced() {
    return replaced.clone();
  }

  @Override
  public RelocatedCode buffer() {
    return buffer;
  }

  private byte[] jumpTo(long target) {
    CodeBuffer out = new CodeBuffer(address().value());
    Branches.jmp(out, target);
    return out.toBytes();
  }

  private byte[] windowBytes() {
    CodeBuffer out = new CodeBuffer(address().value());
    for (Relocation relocation : plan.relocations()) {
      out.code(relocation.original().bytes());
    }
    return out.toBytes();
  }
}
