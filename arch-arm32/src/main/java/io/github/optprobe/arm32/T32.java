package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arm32.table.ArmSet;

/**
 * T32, Thumb with its 16-bit and 32-bit instructions: a 4-byte {@code b.w} leads into the detour
 * buffer, or a load of PC where that is too far away. IT blocks are never split.
 *
 * <p>Thread-safe. See {@link ArmArchitecture} for the registers.
 */
public final class T32 extends ArmArchitecture {
  /** The instruction set. */
  public static final InstructionSet INSTRUCTION_SET = ArmSet.T32.instructionSet();

  /**
   * Creates the architecture, for a processor with all vector registers. The native decoder is
   * loaded when it is first needed; where there is none, every method that reads code throws {@link
   * DecoderUnavailableException} from then on.
   */
  public T32() {
    this(VectorRegisters.D32);
  }

  /** Creates the architecture for a processor with so many vector registers. */
  public T32(VectorRegisters vectors) {
    super(ArmSet.T32, vectors);
  }

  /**
   * An address of T32 code, without any mark: the set says what it is.
   *
   * @throws IllegalArgumentException unless it is below 2<sup>32</sup>
   */
  public static CodeAddress at(long address) {
    return new CodeAddress(address, INSTRUCTION_SET);
  }
}
