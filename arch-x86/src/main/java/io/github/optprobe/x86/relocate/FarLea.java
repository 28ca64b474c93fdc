package io.github.optprobe.x86.relocate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.emit.CodeBuffer;

/** {@code lea reg, [rip+disp32]}: the address is known, so that it becomes {@code mov reg, imm}. */
public record FarLea(Instruction original) implements FarRelocation {
  private static final int WIDE = Long.SIZE;
  private static final int NARROW = Short.SIZE;

  @Override
  public int length() {
    int immediate = original.operandWidth() / Byte.SIZE;
    int operandSize = original.operandWidth() == NARROW ? 1 : 0;
    return operandSize + (needsRex() ? 1 : 0) + 1 + immediate;
  }

  private int register() {
    return ((original.modrm() >> 3) & 7) | (Prefixes.rex(original) & Prefixes.REX_R) << 1;
  }

  private boolean needsRex() {
    return original.operandWidth() == WIDE || register() >= 8;
  }

  @Override
  public void emit(CodeBuffer out, Targets targets) {
    if (original.operandWidth() == NARROW) {
      out.code(0x66);
    }
    if (needsRex()) {
      int wide = original.operandWidth() == WIDE ? Prefixes.REX_W : 0;
      out.code(0x40 | wide | register() >> 3);
    }
    out.code(0xB8 | (register() & 7)); // mov reg, imm
    immediate(out, original.ripRelativeTarget());
  }

  private void immediate(CodeBuffer out, long value) {
    switch (original.operandWidth()) {
      case WIDE -> out.int64(value);
      case NARROW -> out.code((int) value, (int) (value >>> 8));
      default -> out.int32((int) value);
    }
  }
}
