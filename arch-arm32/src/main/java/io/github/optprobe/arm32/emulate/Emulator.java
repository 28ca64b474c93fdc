package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.Optional;

/** Knows which instructions are emulated, and how. */
public final class Emulator {
  private static final int UNCONDITIONAL = 0xF;

  private Emulator() {}

  /**
   * The effect of an instruction; empty if it is left to the CPU: one that means the same
   * everywhere, loads and stores of vector registers, and what is refused.
   *
   * @param instruction as decoded for any place in an IT block
   */
  public static Optional<Emulation> emulationOf(Instruction instruction) {
    return effectOf(instruction).map(effect -> new ConditionalEmulation(instruction, effect));
  }

  private static Optional<Effect> effectOf(Instruction instruction) {
    return switch (instruction.treatment()) {
      case COPY, VLOAD_LITERAL, REFUSE -> Optional.empty();
      case PC_BASED_ACCESS -> pcBasedAccess(instruction);
      default -> Optional.of(required(instruction));
    };
  }

  private static Optional<Effect> pcBasedAccess(Instruction instruction) {
    Bits bits = Bits.of(instruction);
    if (bits.isVectorAccess()) {
      return Optional.empty();
    }
    boolean hint = bits.number(31, 28) == UNCONDITIONAL;
    return Optional.of(hint ? Effect.NOTHING : SingleTransfers.of(instruction));
  }

  private static Effect required(Instruction instruction) {
    return switch (instruction.treatment()) {
      case PRELOAD_LITERAL -> Effect.NOTHING;
      case LOAD_LITERAL, LOAD_PC, STORE_PC -> SingleTransfers.of(instruction);
      case LOAD_MULTIPLE_PC, STORE_MULTIPLE_PC -> BlockTransfer.of(instruction);
      case ADR, MOV_FROM_PC, DATA_READS_PC, DATA_WRITES_PC -> dataProcessing(instruction);
      case STATUS_READ, STATUS_WRITE -> StatusAccess.of(instruction);
      default -> Branches.of(instruction);
    };
  }

  private static Effect dataProcessing(Instruction instruction) {
    return instruction.set() == ArmSet.A32
        ? DataProcessing.ofA32(instruction)
        : DataProcessing.ofT32(instruction);
  }
}
