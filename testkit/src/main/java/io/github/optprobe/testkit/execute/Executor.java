package io.github.optprobe.testkit.execute;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.AddressRange;
import java.nio.ByteBuffer;

/**
 * A CPU with memory that runs code from given registers until something stops it: a breakpoint, the
 * gate, a fault, or the time limit. There is nothing behind it, no system and no registry, so the
 * same start gives the same end.
 *
 * <p>Whoever wants a run to end somewhere puts a breakpoint there. Instances are dear
 * (milliseconds) and may be used for any number of runs. Not thread-safe.
 */
public interface Executor extends AutoCloseable {

  /** What executes, a phrase for reports. */
  String name();

  /** Whose code it runs, and whose registers its states have. */
  Architecture architecture();

  /** What it is known to execute wrongly. As it is, nothing. */
  default Deviations deviations() {
    return Deviations.NONE;
  }

  // Memory.

  /**
   * Maps zeroed memory.
   *
   * @param pages whole pages of 4096 bytes, above page 0
   * @throws IllegalArgumentException if they are no whole pages, or some are mapped already
   */
  void map(AddressRange pages, Protection protection);

  /**
   * Unmaps what one call of {@link #map} mapped.
   *
   * @throws IllegalArgumentException if it is not such a range
   */
  void unmap(AddressRange pages);

  /** Whether something is mapped at an address, the executor's own pages included. */
  boolean isMapped(long address);

  /**
   * Writes memory of any kind, whatever the code may do with it. The CPU sees changed code in the
   * next run.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  void write(long address, byte[] bytes);

  /**
   * Reads memory of any kind.
   *
   * @throws io.github.optprobe.text.TextException if not all of it is mapped
   */
  void read(long address, byte[] into);

  /**
   * Mapped memory as it is at every moment, for many small accesses. Code is changed by {@link
   * #write} only.
   *
   * @param range within one mapping; once that is unmapped the view shows anything
   * @throws IllegalArgumentException if it is not
   */
  ByteBuffer view(AddressRange range);

  /** Memory as the code itself may load and store it; what is not permitted throws. */
  DataMemory data();

  /**
   * Code that stops the CPU wherever it enters it, in whichever instruction set it is: for text
   * that nothing should reach. As it is, the architecture's breakpoint.
   */
  default byte[] guard() {
    return architecture().breakpoint();
  }

  // Registers.

  /** A state with every register zero, but for what a program does not choose (modes, bases). */
  MachineState newState();

  /**
   * The bits of a register that a start state may choose: none of the program counter and of bases,
   * the arithmetic flags of a flags' register.
   *
   * @param register its number in the architecture's register file
   */
  long freeBits(int register);

  /**
   * The bits of a register that mean something after a run.
   *
   * @param register its number in the architecture's register file
   * @param end how the run ended
   */
  long meantBits(int register, Ending end);

  /**
   * Makes what is in no state, such as a floating-point stack, as it is in a fresh CPU. Between two
   * calls of this, runs find it as the last one left it.
   */
  void reset();

  // Running.

  /** What detour buffers call; a run that comes there ends with {@link Ending.Kind#GATE}. */
  long gate();

  /** Makes a state that stands at the gate go on where the gate returns to. */
  void leaveGate(MachineState atGate);

  /**
   * Runs from a state, which is then the one that the run ended with: at the breakpoint, at the
   * instruction that faulted, or at the gate's first instruction.
   */
  Ending run(MachineState state);

  /**
   * Executes one instruction; of one that repeats, at least one round.
   *
   * @return how it ended; {@link Ending.Kind#STEP} if it was executed
   */
  Ending step(MachineState state);

  /**
   * Runs from a state, and tells at which addresses instructions were executed and, where it can,
   * what was loaded. Much slower than {@link #run}.
   */
  RunTrace trace(MachineState state);

  /** Frees it. Closing again does nothing. */
  @Override
  void close();
}
