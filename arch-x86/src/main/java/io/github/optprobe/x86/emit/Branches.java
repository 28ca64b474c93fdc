package io.github.optprobe.x86.emit;

/** The branches that this module writes. Source: Intel SDM volume 2, Jcc, JMP, PUSH, MOV. */
public final class Branches {
  /** Length of {@code jmp rel32} in bytes. */
  public static final int JMP_BYTES = 5;

  /** Length of {@code jmp rel8} in bytes. */
  public static final int SHORT_JMP_BYTES = 2;

  /** Length of {@code jcc rel32} in bytes. */
  public static final int JCC_BYTES = 6;

  /** Length of what {@link #pushReturnAddress} writes in 64-bit mode, in bytes. */
  public static final int PUSH_RETURN_ADDRESS_BYTES = 5 + 8;

  /** Length of what {@link #pushReturnAddress} writes in 32-bit mode, in bytes. */
  public static final int PUSH_RETURN_ADDRESS_BYTES_32 = 5;

  /** Length of what {@link #farJmp} writes, in bytes. */
  public static final int FAR_JMP_BYTES = 6 + Long.BYTES;

  /** Length of what {@link #jmpThrough} writes, in bytes. */
  public static final int JMP_THROUGH_BYTES = 6;

  private Branches() {}

  /**
   * Length of what {@link #call} writes, in bytes.
   *
   * @param addressBits 64 or 32, as the code's buffer has it
   */
  public static int callBytes(int addressBits) {
    int push = addressBits == Long.SIZE ? PUSH_RETURN_ADDRESS_BYTES : PUSH_RETURN_ADDRESS_BYTES_32;
    return push + JMP_BYTES;
  }

  /** Writes {@code jmp [rip+0]} and the address behind it. In 64-bit mode only. */
  public static void farJmp(CodeBuffer out, long target) {
    out.code(0xFF, 0x25).int32(0).int64(target);
  }

  /** Writes {@code jmp [rip+disp32]}, which takes the target from a slot. In 64-bit mode only. */
  public static void jmpThrough(CodeBuffer out, long slot) {
    out.code(0xFF, 0x25).displacement32(slot, 0);
  }

  /**
   * Writes {@code jmp rel8}.
   *
   * @throws IllegalArgumentException if the target is more than 127 bytes away
   */
  public static void shortJmp(CodeBuffer out, long target) {
    long displacement = target - (out.address() + SHORT_JMP_BYTES);
    if (displacement != (byte) displacement) {
      throw new IllegalArgumentException("0x%x is too far for jmp rel8".formatted(target));
    }
    out.code(0xEB, (int) displacement);
  }

  /** Writes {@code jmp rel32}. */
  public static void jmp(CodeBuffer out, long target) {
    out.code(0xE9).displacement32(target, 0);
  }

  /**
   * Writes {@code jcc rel32}.
   *
   * @param condition the condition's number, 0 to 15, as in the low bits of the opcode
   */
  public static void jcc(CodeBuffer out, int condition, long target) {
    out.code(0x0F, 0x80 | condition).displacement32(target, 0);
  }

  /**
   * Writes a call that pushes a return address of the caller's choice: unwinders and callees see
   * the original one, and no return ever leads into this code. Flags and registers stay as they
   * are.
   */
  public static void call(CodeBuffer out, long returnAddress, long target) {
    pushReturnAddress(out, returnAddress);
    jmp(out, target);
  }

  /** Writes a push of an address. Flags and registers stay as they are. */
  public static void pushReturnAddress(CodeBuffer out, long returnAddress) {
    out.code(0x68).int32((int) returnAddress); // push imm32, sign-extended in 64-bit mode
    if (out.addressBits() == Long.SIZE) {
      out.code(0xC7, 0x44, 0x24, 0x04).int32((int) (returnAddress >>> 32)); // mov dword [rsp+4]
    }
  }
}
