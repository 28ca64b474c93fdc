package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;

/**
 * {@code jmp [rip+disp32]} anywhere: the target is put on the stack below the red zone, by way of
 * rax, and a return takes it from there. Registers and flags stay as they are.
 */
public record FarIndirectJump(Instruction original) implements FarRelocation {
  private static final int LOWER_BYTES = 5;
  private static final int PUSHES_BYTES = 2;
  private static final int LOAD_BYTES = 10;
  private static final int RET_BYTES = 3;
  private static final int TAIL_BYTES = 5 + 1 + RET_BYTES;

  @Override
  public int length() {
    return loadEnd() + TAIL_BYTES;
  }

  private int loadEnd() {
    return LOWER_BYTES + PUSHES_BYTES + Prefixes.segmentBytes(original) + LOAD_BYTES;
  }

  @Override
  public List<Borrowed> borrowed() {
    int first = LOWER_BYTES;
    int word = Long.BYTES;
    int zone = Borrowed.RED_ZONE;
    return List.of(
        Borrowed.stack(first, first + 1, zone),
        Borrowed.stack(first + 1, first + 2, zone + word),
        Borrowed.stack(first + 2, loadEnd(), zone + 2 * word),
        // A target that is no address faults in the ret.
        Borrowed.stack(length() - RET_BYTES, length(), zone + word));
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    out.code(0x48, 0x8D, 0x64, 0x24, -Borrowed.RED_ZONE); // lea rsp, [rsp-128]: flags must survive
    out.code(0x50, 0x50); // push rax, twice: room for the target, and rax
    Prefixes.segment(out, original);
    out.code(0x48, 0xA1).int64(original.ripRelativeTarget()); // mov rax, [imm64]
    out.code(0x48, 0x89, 0x44, 0x24, 0x08); // mov [rsp+8], rax
    out.code(0x58); // pop rax
    out.code(0xC2, Borrowed.RED_ZONE, 0); // ret 128
  }
}
