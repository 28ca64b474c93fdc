package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.OpcodeMap;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.Arrays;

/**
 * {@code mov} between rax, eax, ax or al and {@code [rip+disp32]}: these registers have a form with
 * a 64-bit address, which is one instruction and faults as the original does.
 */
public record FarMove(Instruction original) implements FarRelocation {
  private static final int STORE_BYTE = 0x88;
  private static final int LOAD = 0x8B;
  private static final int TO_MOFFS = 2;

  /** Whether an instruction can be written so. */
  static boolean fits(Instruction instruction) {
    boolean move =
        instruction.encoding() == Encoding.LEGACY
            && instruction.opcodeMap() == OpcodeMap.ONE_BYTE
            && instruction.opcode() >= STORE_BYTE
            && instruction.opcode() <= LOAD;
    boolean accumulator = move && (instruction.modrm() & 0x38) == 0;
    boolean elision = instruction.hasPrefix(0xF2) || instruction.hasPrefix(0xF3);
    return accumulator && (Prefixes.rex(instruction) & Prefixes.REX_R) == 0 && !elision;
  }

  @Override
  public int length() {
    return original.prefixCount() + 1 + Long.BYTES;
  }

  /** Prefixes mean the same to both; of REX only W means something to this one. */
  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(Arrays.copyOf(original.bytes(), original.prefixCount()));
    out.code(moffsOpcode()).int64(original.ripRelativeTarget());
  }

  /** 8A and 8B load, 88 and 89 store; A0 and A1 load, A2 and A3 store: the other way round. */
  private int moffsOpcode() {
    return 0xA0 | ((original.opcode() & 3) ^ TO_MOFFS);
  }
}
