package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.plan.JumpForms;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.relocate.Relocation;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A prepared detour: a window, its buffer, and the jump that leads there. Keeps nothing of the plan
 * but the bytes that the jump replaces, because there may be very many.
 */
final class X86Detour implements PreparedDetour {
  private final CodeAddress address;
  private final int windowBytes;
  private final RelocatedCode buffer;
  private final JumpForm form;
  private final @Nullable RelocatedCode link;
  // Asked for on every reading of recovered text near the window, so made once.
  private final byte[] replaced;

  X86Detour(MovePlan plan, RelocatedCode buffer, Optional<RelocatedCode> link) {
    address = plan.address();
    windowBytes = (int) plan.window().length();
    this.buffer = buffer;
    this.link = link.orElse(null);
    form = plan.form();
    replaced = Arrays.copyOf(originalOf(plan), form.bytes());
  }

  @Override
  public CodeAddress address() {
    return address;
  }

  @Override
  public AddressRange window() {
    return AddressRange.ofLength(address.value(), windowBytes);
  }

  /** Made when it is asked for, which is when it is written. */
  @Override
  public byte[] jump() {
    CodeBuffer out = new CodeBuffer(address.value(), address.instructionSet().addressBits());
    if (link != null) {
      jumpByLink(out, link.start());
    } else if (form.equals(JumpForms.ABSOLUTE)) {
      Branches.farJmp(out, buffer.start());
    } else {
      Branches.jmp(out, buffer.start());
    }
    return out.toBytes();
  }

  private void jumpByLink(CodeBuffer out, long start) {
    if (form.equals(JumpForms.ISLAND)) {
      Branches.shortJmp(out, start);
    } else {
      Branches.jmpThrough(out, start);
    }
  }

  @Override
  public Optional<RelocatedCode> link() {
    return Optional.ofNullable(link);
  }

  @Override
  public JumpForm form() {
    return form;
  }

  @Override
  public byte[] replaced() {
    return replaced.clone();
  }

  @Override
  public RelocatedCode buffer() {
    return buffer;
  }

  private static byte[] originalOf(MovePlan plan) {
    CodeBuffer out = new CodeBuffer(plan.address().value());
    for (Relocation relocation : plan.relocations()) {
      out.code(relocation.original().bytes());
    }
    return out.toBytes();
  }
}
