package io.github.optprobe.arm32.emit;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.arm32.table.ArmSet;

/**
 * The part of a detour buffer in front of the relocated window: it saves r0 to r12, lr, sp and the
 * flags, calls the gate on an 8-byte aligned stack, and restores everything. The same for both
 * sets, in the instructions of each.
 *
 * <p>The gate is given the probed address, the address of the saved registers and that of the saved
 * floating-point registers, which is 0 if none is saved, in r0, r1 and r2: a C function {@code void
 * gate(void *probed, void *saved, void *vectors)} can be the gate as it is (AAPCS, 6.1 and 6.4). It
 * may change r0 to r3, r12, lr and the flags.
 *
 * <p>The ABI lets nothing lie below the stack pointer, and signals may write there at any time.
 * Code that runs where there are no signals may use that memory all the same, and a breakpoint
 * whose handler runs on another stack leaves it alone. So does this template, for at least {@link
 * #LEFT_ALONE} bytes. What the window itself stores below the stack pointer is stored when the
 * frame is gone already.
 */
public final class DetourTemplate {
  /** Bytes below the stack pointer that are left alone at least. */
  public static final int LEFT_ALONE = 128;

  /** Offset of the saved flags from r1, in bytes. */
  public static final int FLAGS_OFFSET = 0;

  /** Offset of the original stack pointer. */
  public static final int STACK_OFFSET = 4;

  /** Offset of r0; r1 to r12 follow it, then lr. */
  public static final int REGISTERS_OFFSET = 8;

  private static final int R4 = 4;
  private static final int R5 = 5;
  private static final int R6 = 6;
  private static final int R7 = 7;
  private static final int IP = 12;
  private static final int SP = 13;

  /** r0 to r12 and lr. */
  private static final int SAVED = 0x5FFF;

  private static final int SAVED_BYTES = Integer.BYTES * Integer.bitCount(SAVED);
  private static final int FLAGS_AND_STACK = 1 << R4 | 1 << R5;
  private static final int FLAGS_AND_STACK_BYTES = 2 * Integer.BYTES;

  private DetourTemplate() {}

  /**
   * Offset of a saved register from r1, in bytes.
   *
   * @param register 0 to 12, or 14
   */
  public static int offsetOf(int register) {
    int index = register < SP ? register : register - 1;
    return REGISTERS_OFFSET + index * Integer.BYTES;
  }

  /**
   * Writes the template.
   *
   * @param leftAlone how many bytes below the stack pointer to leave alone, a number that one
   *     instruction of both sets holds
   */
  public static void emit(
      Assembler out, long probed, int leftAlone, Gate gate, FloatingPoint registers) {
    saveAndCall(out, probed, leftAlone, gate, registers);
    if (gate.changesVectorRegisters()) {
      registers.restore(out, R6, R7);
    }
    out.move(SP, R5);
    out.load(R4, SP, FLAGS_OFFSET);
    out.writeFlags(R4);
    out.raiseStack(FLAGS_AND_STACK_BYTES);
    out.pop(SAVED);
    out.raiseStack(leftAlone);
  }

  /** Writes what tracked calls return to: the gate never comes back. */
  public static void emitTrampoline(
      Assembler out, long address, Gate gate, FloatingPoint registers) {
    saveAndCall(out, address, LEFT_ALONE, gate, registers);
    out.trap();
  }

  private static void saveAndCall(
      Assembler out, long probed, int leftAlone, Gate gate, FloatingPoint registers) {
    out.lowerStack(leftAlone);
    out.push(SAVED);
    out.readFlags(R4);
    out.add(R5, SP, SAVED_BYTES);
    out.add(R5, R5, leftAlone);
    out.push(FLAGS_AND_STACK);
    // Callee-saved, so it comes back.
    out.move(R5, SP);
    align(out);
    if (gate.changesVectorRegisters()) {
      registers.save(out, R6, R7);
      out.move(2, R6);
    } else {
      out.constant(2, 0);
    }
    out.constant(0, probed);
    out.move(1, R5);
    out.constant(IP, gate.address());
    out.call(IP);
  }

  /** T32 has no {@code bic} of sp. */
  private static void align(Assembler out) {
    if (out.set() == ArmSet.A32) {
      out.clear(SP, SP, 7);
    } else {
      out.clear(R4, R5, 7);
      out.move(SP, R4);
    }
  }
}
