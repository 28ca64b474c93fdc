package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Encoding;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * An operand at {@code [rip+disp32]} anywhere: a register that the instruction does not use is
 * saved below the red zone, holds the address for a while, and is restored. Flags stay as they are.
 * If the instruction faults, {@link Borrowed} says how to give the register back first.
 */
public record FarOperand(Instruction original) implements FarRelocation {
  /** Those that ModRM names without a SIB byte, a displacement or an extension bit. */
  private static final int[] SCRATCH = {0, 1, 2, 3, 6, 7};

  private static final int RSP = 4;
  private static final int LOWER_BYTES = 5;
  private static final int PUSH_BYTES = 1;
  private static final int MOV_BYTES = 10;
  private static final int POP_BYTES = 1;
  private static final int RAISE_BYTES = 8;

  /** Whether an instruction can be written so. */
  static boolean fits(Instruction instruction) {
    return (used(instruction) & 1 << RSP) == 0
        && scratch(instruction).isPresent()
        && instruction.encoding() != Encoding.MVEX;
  }

  private static int used(Instruction instruction) {
    return instruction.generalRegistersRead() | instruction.generalRegistersWritten();
  }

  private static OptionalInt scratch(Instruction instruction) {
    int used = used(instruction);
    return IntStream.of(SCRATCH).filter(register -> (used & 1 << register) == 0).findFirst();
  }

  private int scratch() {
    return scratch(original).orElseThrow();
  }

  private int operationOffset() {
    return LOWER_BYTES + PUSH_BYTES + MOV_BYTES;
  }

  private int operationBytes() {
    return original.length() - Integer.BYTES;
  }

  @Override
  public int length() {
    return operationOffset() + operationBytes() + POP_BYTES + RAISE_BYTES;
  }

  @Override
  public List<Borrowed> borrowed() {
    int behind = operationOffset() + operationBytes();
    return List.of(
        Borrowed.stack(LOWER_BYTES, LOWER_BYTES + PUSH_BYTES, Borrowed.RED_ZONE),
        new Borrowed(LOWER_BYTES + PUSH_BYTES, behind, Borrowed.RED_ZONE + Long.BYTES, scratch()));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    int scratch = scratch();
    out.code(0x48, 0x8D, 0x64, 0x24, -Borrowed.RED_ZONE); // lea rsp, [rsp-128]: flags must survive
    out.code(0x50 | scratch); // push
    out.code(0x48, 0xB8 | scratch).int64(original.ripRelativeTarget()); // mov scratch, imm64
    operation(out, scratch);
    out.code(0x58 | scratch); // pop
    out.code(0x48, 0x8D, 0xA4, 0x24).int32(Borrowed.RED_ZONE); // lea rsp, [rsp+128]
  }

  /** The instruction with {@code [scratch]} for its operand. */
  private void operation(CodeBuffer out, int scratch) {
    byte[] bytes = original.bytes();
    withoutBaseExtension(bytes);
    int modrm = original.modrmOffset();
    bytes[modrm] = (byte) ((bytes[modrm] & 0x38) | scratch);
    int displacement = original.displacementOffset();
    for (int i = 0; i < bytes.length; i++) {
      if (i < displacement || i >= displacement + Integer.BYTES) {
        out.code(bytes[i]);
      }
    }
  }

  /** The bits that extend base and index are ignored for {@code [rip+disp32]}, and not here. */
  private void withoutBaseExtension(byte[] bytes) {
    int opcode = original.prefixCount();
    if (Prefixes.hasRex(original)) {
      bytes[opcode - 1] &= (byte) ~Prefixes.REX_B;
    }
    boolean inverted =
        switch (original.encoding()) {
          case VEX -> (bytes[opcode] & 0xFF) == 0xC4;
          case XOP, EVEX -> true;
          default -> false;
        };
    if (inverted) {
      bytes[opcode + 1] |= 0x60;
    }
  }
}
