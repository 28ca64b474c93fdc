package io.github.optprobe.testkit.oracle;

import io.github.optprobe.Kprobes;
import java.util.OptionalLong;

/**
 * Tells which original instruction a copy stands for, so that the path of a probed run can be
 * compared with that of an unprobed one.
 */
@FunctionalInterface
public interface PathMap {

  /**
   * The original instruction whose relocated form <em>starts</em> at a program counter inside an
   * insn slot or a detour buffer.
   *
   * @return empty where none starts: elsewhere in a relocated instruction, in code that saves
   *     registers, and outside of slots
   */
  OptionalLong original(long pc);

  /**
   * Whether the text at an address has been patched, so that executing it there does not count: the
   * copy will.
   */
  default boolean isPatched(long address) {
    return false;
  }

  /**
   * The map of a registry, as its probes stand now: make it after the optimizer has run, and let
   * nothing change while the path is recorded.
   */
  static PathMap of(Kprobes kprobes) {
    return new RegistryPathMap(kprobes);
  }

  /** For unprobed runs: nothing is patched. */
  static PathMap identity() {
    return pc -> OptionalLong.empty();
  }
}
