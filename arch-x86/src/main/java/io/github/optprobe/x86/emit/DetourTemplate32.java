package io.github.optprobe.x86.emit;

import io.github.optprobe.arch.Gate;

/**
 * The part of a detour buffer in front of the relocated window, for 32-bit code: it saves the flags
 * and the general registers, calls the gate on an aligned stack, and restores everything.
 *
 * <p>The gate is given the probed address, the address of the saved registers and that of the saved
 * vector state, which is 0 if none is saved, twice: in {@code eax}, {@code edx} and {@code ecx},
 * where a gate that is no code finds them without reading memory, and on the stack above the return
 * address, so that a C function of the cdecl convention, {@code void gate(void *probed, void
 * *saved, void *vectors)}, can be the gate as it is. Like any such function it may change {@code
 * eax}, {@code ecx}, {@code edx} and the flags.
 *
 * <p>The ABI of 32-bit code has no red zone: below the stack pointer a signal may write at any
 * time. Code that blocks signals, or runs on a stack where none are delivered, may use that memory
 * all the same, and a breakpoint whose handler runs on another stack leaves it alone. So does this
 * template, for as many bytes as the 64-bit red zone has: it takes two {@code lea} and no memory.
 *
 * <p>Segment registers stay as they are; vector state is saved as {@link DetourTemplate} does it.
 */
public final class DetourTemplate32 {
  /** Bytes below the stack pointer that are left alone; a displacement of 8 bits reaches -128. */
  private static final int LEFT_ALONE = 128;

  /** What {@code pushad} pushes: all eight, the stack pointer too. */
  private static final int SAVED_REGISTERS = 8;

  /** Offset of the saved flags from {@code edx}, in bytes. */
  public static final int FLAGS_OFFSET = SAVED_REGISTERS * Integer.BYTES;

  /** What the original stack pointer is above {@code edx}, in bytes. */
  public static final int STACK_OFFSET = FLAGS_OFFSET + Integer.BYTES + LEFT_ALONE;

  private DetourTemplate32() {}

  /**
   * Offset of a saved register from {@code edx}, in bytes. What lies there for {@code esp} is not
   * the original one.
   *
   * @param register hardware number 0 to 7
   */
  public static int offsetOf(int register) {
    return (SAVED_REGISTERS - 1 - register) * Integer.BYTES;
  }

  /** Length of the template in bytes. */
  public static int bytes(Gate gate) {
    CodeBuffer out = new CodeBuffer(0, Integer.SIZE);
    emit(out, 0, gate);
    return out.size();
  }

  /** Writes the template. */
  public static void emit(CodeBuffer out, long probedAddress, Gate gate) {
    saveAndCall(out, probedAddress, gate);
    if (gate.changesVectorRegisters()) {
      VectorState.select(out);
      out.code(0x0F, 0xAE, 0x2E); // xrstor [esi]
    }
    out.code(0x89, 0xDC); // mov esp, ebx
    out.code(0x61); // popad: all but esp
    out.code(0x9D); // popfd
    out.code(0x8D, 0xA4, 0x24).int32(LEFT_ALONE); // lea esp, [esp+128]
  }

  private static void saveVectorState(CodeBuffer out) {
    out.code(0x81, 0xEC).int32(VectorState.BYTES); // sub esp, imm32
    out.code(0x83, 0xE4, 0xC0); // and esp, -64
    VectorState.select(out);
    for (int offset : VectorState.HEADER_OFFSETS) {
      // mov [esp+disp32], edx, which is 0
      out.code(0x89, 0x94, 0x24).int32(offset);
      out.code(0x89, 0x94, 0x24).int32(offset + Integer.BYTES);
    }
    out.code(0x0F, 0xAE, 0x24, 0x24); // xsave [esp]
    out.code(0x89, 0xE6); // mov esi, esp: callee-saved too
    out.code(0x89, 0xE1); // mov ecx, esp
  }

  /** Writes what saves the registers and calls the gate. */
  static void saveAndCall(CodeBuffer out, long probedAddress, Gate gate) {
    out.code(0x8D, 0x64, 0x24, -LEFT_ALONE); // lea esp, [esp-128]: flags must survive
    out.code(0x9C); // pushfd
    out.code(0x60); // pushad
    out.code(0xFC); // cld: the ABI wants it clear at a call
    out.code(0x89, 0xE3); // mov ebx, esp: callee-saved, so it comes back
    if (gate.changesVectorRegisters()) {
      saveVectorState(out);
    } else {
      out.code(0x83, 0xE4, 0xF0); // and esp, -16
      out.code(0x31, 0xC9); // xor ecx, ecx
    }
    out.code(0xB8).int32((int) probedAddress); // mov eax, imm32
    out.code(0x89, 0xDA); // mov edx, ebx
    out.code(0x50); // push eax: the arguments fill it up to 16
    out.code(0x51); // push ecx
    out.code(0x52); // push edx
    out.code(0x50); // push eax
    out.code(0xE8).displacement32(gate.address(), 0); // call rel32, which reaches every address
  }
}
