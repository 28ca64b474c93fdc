package io.github.optprobe.arch;

import java.util.Optional;

/**
 * What detour buffers call to reach the handlers.
 *
 * @param address where it is
 * @param changesVectorRegisters whether vector, mask and floating-point registers may be others
 *     when it returns: a gate that is compiled code, which handlers of any kind run behind. Buffers
 *     then save and restore them, which costs time and stack. A gate at which the CPU stops, as in
 *     an emulator or under a debugger, changes none
 * @param cells where buffers find code of the target's own that runs in place of the call; an
 *     architecture that can not jump through a cell calls the gate as ever
 */
public record Gate(long address, boolean changesVectorRegisters, Optional<HeadCells> cells) {

  /** A gate that all buffers call. */
  public Gate(long address, boolean changesVectorRegisters) {
    this(address, changesVectorRegisters, Optional.empty());
  }

  /** A gate that leaves vector registers as they are. */
  public static Gate at(long address) {
    return new Gate(address, false);
  }

  /** The same gate, but one that may change vector registers. */
  public Gate changingVectorRegisters() {
    return new Gate(address, true, cells);
  }

  /** The same gate, but buffers begin with a jump through a cell where the architecture can. */
  public Gate withCells(HeadCells newCells) {
    return new Gate(address, changesVectorRegisters, Optional.of(newCells));
  }
}
