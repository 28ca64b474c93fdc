package io.github.optprobe.testkit.emulator;

/** Calls of a described CPU: a function is gone to, and returns, as its address says. */
final class LinkCalls extends LinkRegisterCalls {
  private final LiveRegisters registers;

  LinkCalls(int stackAlignment, CpuParts parts) {
    super(
        parts.profile().calls(),
        parts.engine(),
        parts.data(),
        parts.profile().wordBytes(),
        stackAlignment);
    registers = parts.registers();
  }

  @Override
  long returnAddress(long entry, Services services) {
    return services.exit();
  }

  @Override
  void branch(long entry) {
    registers.setProgramCounter(entry);
  }
}
