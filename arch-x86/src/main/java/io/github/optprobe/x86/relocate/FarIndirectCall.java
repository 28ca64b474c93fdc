package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;

/**
 * {@code call [rip+disp32]} anywhere: pushes the original return address and jumps. Whoever calls
 * has given up what is below the stack pointer, so that the target may be put there by way of rax.
 * The operand is loaded while every register is as it was, so that a fault shows nothing else.
 */
public record FarIndirectCall(Instruction original) implements FarRelocation {
  private static final int LOAD_BYTES = 10;
  private static final int STORE_BYTES = 5;
  private static final int JUMP_BYTES = 4;

  @Override
  public int length() {
    return 3 * STORE_BYTES
        + Prefixes.segmentBytes(original)
        + LOAD_BYTES
        + Branches.PUSH_RETURN_ADDRESS_BYTES
        + Prefixes.noTrack(original).length
        + JUMP_BYTES;
  }

  /** A target that is no address faults in the jump, when the return address is pushed already. */
  @Override
  public List<Borrowed> borrowed() {
    int jump = length() - Prefixes.noTrack(original).length - JUMP_BYTES;
    return List.of(Borrowed.stack(jump, length(), Long.BYTES));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(0x48, 0x89, 0x44, 0x24, -16); // mov [rsp-16], rax
    Prefixes.segment(out, original);
    out.code(0x48, 0xA1).int64(original.ripRelativeTarget()); // mov rax, [imm64]
    out.code(0x48, 0x89, 0x44, 0x24, -24); // mov [rsp-24], rax
    out.code(0x48, 0x8B, 0x44, 0x24, -16); // mov rax, [rsp-16]
    Branches.pushReturnAddress(out, original.nextAddress());
    out.code(Prefixes.noTrack(original)).code(0xFF, 0x64, 0x24, -16); // jmp [rsp-16]
  }
}
