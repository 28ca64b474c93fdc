package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arm32.table.ArmSet;

/**
 * A32, the instruction set of words: a one-word {@code b} with the condition of the instruction
 * that it replaces leads into the detour buffer, or a two-word load of PC where that is too far
 * away.
 *
 * <p>Thread-safe. See {@link ArmArchitecture} for the registers.
 */
public final class A32 extends ArmArchitecture {
  /** The instruction set. */
  public static final InstructionSet INSTRUCTION_SET = ArmSet.A32.instructionSet();

  /**
   * Creates the architecture, for a processor with all vector registers. The native decoder is
   * loaded when it is first needed; where there is none, every method that reads code throws {@link
   * DecoderUnavailableException} from then on.
   */
  public A32() {
    this(VectorRegisters.D32);
  }

  /** Creates the architecture for a processor with so many vector registers. */
  public A32(VectorRegisters vectors) {
    super(ArmSet.A32, vectors);
  }

  /**
   * An address of A32 code, without any mark: the set says what it is.
   *
   * @throws IllegalArgumentException unless it is below 2<sup>32</sup>
   */
  public static CodeAddress at(long address) {
    return new CodeAddress(address, INSTRUCTION_SET);
  }
}
