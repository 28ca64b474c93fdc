package io.github.optprobe.x86.emit;

import io.github.optprobe.arch.Gate;

/**
 * The code that calls tracked by return probes return to, in 32-bit mode: as {@link
 * TrampolineTemplate}, with the registers and the gate as {@link DetourTemplate32} has them.
 */
public final class TrampolineTemplate32 {
  private TrampolineTemplate32() {}

  /** Writes the template for the address at which {@code out} begins. */
  public static void emit(CodeBuffer out, Gate gate) {
    DetourTemplate32.saveAndCall(out, out.address(), gate);
    out.code(0x0F, 0x0B); // ud2: a gate that returns has lost the call
  }

  /** Length of the template in bytes. */
  public static int bytes(Gate gate) {
    CodeBuffer out = new CodeBuffer(0, Integer.SIZE);
    emit(out, gate);
    return out.size();
  }
}
