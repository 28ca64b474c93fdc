package io.github.optprobe.arch;

/**
 * Takes back what relocated code has changed by itself by the time an instruction of it faults,
 * such as a register that it had borrowed, so that the fault is seen with the registers that the
 * original instruction would have left. Implemented by architecture modules, immutable.
 */
@FunctionalInterface
public interface FaultRepair {

  /**
   * Corrects the registers, the program counter excepted. Does nothing where nothing was changed.
   *
   * @param offset where the CPU stands in the code, in bytes from its start
   * @param registers of the fault
   * @param memory where registers may have been saved
   */
  void repair(int offset, Registers registers, DataMemory memory);
}
