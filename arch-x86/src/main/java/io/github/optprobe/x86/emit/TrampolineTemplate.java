package io.github.optprobe.x86.emit;

import io.github.optprobe.arch.Gate;

/**
 * The code that calls tracked by return probes return to: it saves the registers as a detour buffer
 * does and calls the gate with its own address as the probed address. The gate loads all registers
 * and goes on elsewhere, so that nothing is restored here.
 */
public final class TrampolineTemplate {
  private TrampolineTemplate() {}

  /** Writes the template for the address at which {@code out} begins. */
  public static void emit(CodeBuffer out, Gate gate) {
    DetourTemplate.saveAndCall(out, out.address(), gate);
    out.code(0x0F, 0x0B); // ud2: a gate that returns has lost the call
  }

  /** Length of the template in bytes. */
  public static int bytes(Gate gate) {
    CodeBuffer out = new CodeBuffer(0);
    emit(out, gate);
    return out.size();
  }
}
