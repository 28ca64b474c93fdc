package io.github.optprobe.arm32;

/**
 * How many floating-point and SIMD registers the processor has. Of interest only where the gate may
 * change them: detour buffers then save as many.
 */
public enum VectorRegisters {
  /** d0 to d15: VFPv2, VFPv3-D16, VFPv4-D16. */
  D16,
  /** d0 to d31: Advanced SIMD. On a processor without, code that saves them is undefined. */
  D32
}
