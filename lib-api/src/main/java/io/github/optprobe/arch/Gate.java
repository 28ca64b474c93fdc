package io.github.optprobe.arch;

/**
 * What detour buffers call to reach the handlers.
 *
 * @param address where it is
 * @param changesVectorRegisters whether vector, mask and floating-point registers may be others
 *     when it returns: a gate that is compiled code, which handlers of any kind run behind. Buffers
 *     then save and restore them, which costs time and stack. A gate at which the CPU stops, as in
 *     an emulator or under a debugger, changes none
 */
public record Gate(long address, boolean changesVectorRegisters) {

  /** A gate that leaves vector registers as they are. */
  public static Gate at(long address) {
    return new Gate(address, false);
  }

  /** The same gate, but one that may change vector registers. */
  public Gate changingVectorRegisters() {
    return new Gate(address, true);
  }
}
