package io.github.optprobe.live.machine;

import io.github.optprobe.live.memory.Libc;

/**
 * What the CPU can do about saving its state. Source: Intel SDM volume 2, CPUID, leaves 1 and 0DH.
 *
 * @param hasSave whether there is {@code xsave}, and the system has enabled it
 * @param hasCompact whether there is {@code xsavec}
 * @param hasInUse whether {@code xgetbv} tells what is in use
 */
record CpuFeatures(boolean hasSave, boolean hasCompact, boolean hasInUse) {
  private static final int OSXSAVE = 1 << 27;
  private static final int XSAVEC = 1 << 1;
  private static final int XGETBV_1 = 1 << 2;

  /**
   * The code that asks: cpuid(eax = edi, ecx = esi), result ecx in the upper half, eax in the
   * lower.
   */
  static byte[] query() {
    Stub out = new Stub();
    out.code(0x53); // push rbx
    out.code(0x89, 0xF8); // mov eax, edi
    out.code(0x89, 0xF1); // mov ecx, esi
    out.code(0x0F, 0xA2); // cpuid
    out.code(0x48, 0xC1, 0xE1, 0x20); // shl rcx, 32
    out.code(0x48, 0x09, 0xC8); // or rax, rcx
    out.code(0x5B); // pop rbx
    out.code(0xC3); // ret
    return out.toBytes();
  }

  /**
   * Asks the CPU.
   *
   * @param query where {@link #query} lies, executable
   */
  static CpuFeatures ask(long query) {
    long basic = Libc.call(query, 1, 0);
    boolean save = ((int) (basic >>> 32) & OSXSAVE) != 0;
    int extended = save ? (int) Libc.call(query, 0xD, 1) : 0;
    return new CpuFeatures(save, (extended & XSAVEC) != 0, (extended & XGETBV_1) != 0);
  }
}
