package io.github.optprobe.x86.emit;

/**
 * The code that calls tracked by return probes return to: it saves the registers as a detour buffer
 * does and calls the gate with its own address as the probed address. The gate loads all registers
 * and goes on elsewhere, so that nothing is restored here.
 */
public final class TrampolineTemplate {
  /** Length of the template in bytes. */
  public static final int BYTES = measure();

  private TrampolineTemplate() {}

  /** Writes the template for the address at which {@code out} begins. */
  public static void emit(CodeBuffer out, long gate) {
    DetourTemplate.saveAndCall(out, out.address(), gate);
    out.code(0x0F, 0x0B); // ud2: a gate that returns has lost the call
  }

  private static int measure() {
    CodeBuffer out = new CodeBuffer(0);
    emit(out, 0);
    return out.size();
  }
}
