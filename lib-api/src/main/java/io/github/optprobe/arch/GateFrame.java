package io.github.optprobe.arch;

/**
 * The registers that a detour buffer saved, as a view on the memory where it saved them. Each CPU
 * has one and attaches it to one gate call after the other. Not thread-safe.
 */
public interface GateFrame extends Registers {

  /**
   * The probed address whose detour buffer called the gate. Does not change this view.
   *
   * @param atGate the CPU's registers at the gate's first instruction
   */
  long probedAddress(Registers atGate);

  /**
   * Makes this the view of what the buffer saved; the program counter is the probed address.
   *
   * @param atGate the CPU's registers at the gate's first instruction
   */
  void attach(Registers atGate);
}
