package io.github.optprobe.x86.emit;

import io.github.optprobe.arch.Gate;

/**
 * The part of a detour buffer in front of the relocated window: it saves the flags and the general
 * registers below the red zone, calls the gate with {@code rdi} = probed address, {@code rsi} =
 * saved registers and {@code rdx} = saved vector state on an aligned stack, and restores
 * everything.
 *
 * <p>Vector state is saved for gates that may change it, else {@code rdx} is 0: by {@code xsave64}
 * with 0xE7 as the mask. A gate that does not return, because a handler goes on elsewhere, restores
 * it by {@code xrstor64} with the same mask.
 */
public final class DetourTemplate {
  /**
   * Bytes below the stack pointer that leaf functions use without reserving (System V ABI 3.2.2).
   */
  public static final int RED_ZONE = 128;

  /** Saved general registers: all but rsp. */
  private static final int SAVED_REGISTERS = 15;

  /** Offset of the saved flags from {@code rsi}, in bytes. */
  public static final int FLAGS_OFFSET = SAVED_REGISTERS * Long.BYTES;

  /** What the original stack pointer is above {@code rsi}, in bytes. */
  public static final int STACK_OFFSET = FLAGS_OFFSET + Long.BYTES + RED_ZONE;

  /** Hardware numbers in the order in which they are pushed; rsp (4) is not saved but computed. */
  private static final int[] PUSH_ORDER = {0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  private DetourTemplate() {}

  /**
   * Offset of a saved register from {@code rsi}, in bytes.
   *
   * @param register hardware number 0 to 15, not 4 (rsp)
   */
  public static int offsetOf(int register) {
    for (int i = 0; i < PUSH_ORDER.length; i++) {
      if (PUSH_ORDER[i] == register) {
        return (SAVED_REGISTERS - 1 - i) * Long.BYTES;
      }
    }
    throw new IllegalArgumentException("not saved: register " + register);
  }

  /** Length of the template in bytes. */
  public static int bytes(Gate gate) {
    CodeBuffer out = new CodeBuffer(0);
    emit(out, 0, gate);
    return out.size();
  }

  /** Writes the template. */
  public static void emit(CodeBuffer out, long probedAddress, Gate gate) {
    saveAndCall(out, probedAddress, gate);
    restore(out, gate);
  }

  /** Writes what restores the registers that {@link #saveAndCall} saved, behind it. */
  public static void restore(CodeBuffer out, Gate gate) {
    if (gate.changesVectorRegisters()) {
      VectorState.select(out);
      out.code(0x49, 0x0F, 0xAE, 0x2C, 0x24); // xrstor64 [r12]
    }
    out.code(0x48, 0x89, 0xDC); // mov rsp, rbx
    restoreGeneral(out);
    out.code(0x48, 0x8D, 0xA4, 0x24).int32(RED_ZONE); // lea rsp, [rsp+128]
  }

  /**
   * Writes what pops the general registers and the flags; the stack pointer is where they were
   * saved, and comes to be {@link #RED_ZONE} below the original one.
   */
  public static void restoreGeneral(CodeBuffer out) {
    for (int i = PUSH_ORDER.length - 1; i >= 0; i--) {
      pop(out, PUSH_ORDER[i]);
    }
    out.code(0x9D); // popfq
  }

  /**
   * Writes what saves the registers and calls the gate.
   *
   * @param probedAddress what the gate gets in {@code rdi}
   */
  public static void saveAndCall(CodeBuffer out, long probedAddress, Gate gate) {
    out.code(0x48, 0x8D, 0x64, 0x24, -RED_ZONE); // lea rsp, [rsp-128]: flags must survive
    out.code(0x9C); // pushfq
    for (int register : PUSH_ORDER) {
      push(out, register);
    }
    out.code(0xFC); // cld: the ABI wants it clear at a call
    out.code(0x48, 0x89, 0xE6); // mov rsi, rsp
    out.code(0x48, 0x89, 0xE3); // mov rbx, rsp: callee-saved, so it comes back
    if (gate.changesVectorRegisters()) {
      saveVectorState(out);
    } else {
      out.code(0x48, 0x83, 0xE4, 0xF0); // and rsp, -16
      out.code(0x31, 0xD2); // xor edx, edx
    }
    out.code(0x48, 0xBF).int64(probedAddress); // mov rdi, imm64
    out.code(0x48, 0xB8).int64(gate.address()); // mov rax, imm64
    out.code(0xFF, 0xD0); // call rax
  }

  private static void saveVectorState(CodeBuffer out) {
    out.code(0x48, 0x81, 0xEC).int32(VectorState.BYTES); // sub rsp, imm32
    out.code(0x48, 0x83, 0xE4, 0xC0); // and rsp, -64
    VectorState.select(out);
    for (int offset : VectorState.HEADER_OFFSETS) {
      // mov [rsp+disp32], rdx, which is 0
      out.code(0x48, 0x89, 0x94, 0x24).int32(offset);
    }
    out.code(0x48, 0x0F, 0xAE, 0x24, 0x24); // xsave64 [rsp]
    out.code(0x49, 0x89, 0xE4); // mov r12, rsp: callee-saved too
    out.code(0x48, 0x89, 0xE2); // mov rdx, rsp
  }

  private static void push(CodeBuffer out, int register) {
    rexB(out, register).code(0x50 | (register & 7));
  }

  private static void pop(CodeBuffer out, int register) {
    rexB(out, register).code(0x58 | (register & 7));
  }

  private static CodeBuffer rexB(CodeBuffer out, int register) {
    return register < 8 ? out : out.code(0x41);
  }
}
