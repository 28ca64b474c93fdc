package io.github.optprobe.arm32.emulate;

/** What an instruction does when its condition holds, apart from going on behind it. */
@FunctionalInterface
interface Effect {
  /** That of a hint. */
  Effect NOTHING = cpu -> {};

  /** Carries it out; the CPU holds all writes of registers back until it is done. */
  void on(Cpu cpu);
}
