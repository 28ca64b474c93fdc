package io.github.optprobe.arm32.plan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.text.TextReader;

/**
 * Breakpoints are undefined instructions, because a BKPT in a privileged mode would lose the link
 * register. Which of the undefined ones: the kernel's, in {@code arch/arm/probes/kprobes/core.h}.
 *
 * <p>In A32 the breakpoint has the condition of the instruction that it replaces. In T32 it has two
 * bytes, whatever it replaces: one store, at every address. Only within an IT block, where
 * processors may skip it if the condition fails, it is as long as the instruction.
 */
public final class Breakpoints {
  private static final int A32 = 0x07F0_01F8;
  private static final int CONDITION = 0xF000_0000;
  private static final int ALWAYS = 0xE000_0000;
  private static final int T32_NARROW = 0xDE18;
  private static final int T32_WIDE = 0xF7F0_A018;

  /** How many bytes a store of targets for ARM reaches, aligned to as many. */
  private static final int STORE_BYTES = 8;

  private Breakpoints() {}

  /** The one without a condition: a word, or a halfword. */
  public static byte[] always(ArmSet set) {
    return set == ArmSet.A32 ? word(A32 | ALWAYS) : halfwords(T32_NARROW, Short.BYTES);
  }

  /** The breakpoint over an instruction. */
  public static byte[] over(Instruction instruction, ItPosition it) {
    if (instruction.set() == ArmSet.T32) {
      return isAsLong(instruction, it) ? wide() : always(ArmSet.T32);
    }
    // The unconditional space has no condition to be taken over.
    boolean unconditional = (instruction.encoding() & CONDITION) == CONDITION;
    return word(A32 | (unconditional ? ALWAYS : instruction.encoding() & CONDITION));
  }

  private static boolean isAsLong(Instruction instruction, ItPosition it) {
    boolean maybeInBlock = !it.known() || it.state().inBlock();
    return maybeInBlock && instruction.length() == Integer.BYTES;
  }

  /** Whether the breakpoint over an instruction can be written by a single store. */
  public static boolean isWithinOneStore(Instruction instruction, ItPosition it) {
    boolean straddles = instruction.address() % STORE_BYTES > STORE_BYTES - Integer.BYTES;
    return instruction.set() == ArmSet.A32 || !isAsLong(instruction, it) || !straddles;
  }

  /** Whether an instruction is one of the breakpoints. */
  public static boolean isBreakpoint(Instruction instruction) {
    int encoding = instruction.encoding();
    if (instruction.set() == ArmSet.A32) {
      return isA32(encoding);
    }
    return instruction.length() == Short.BYTES ? encoding == T32_NARROW : encoding == T32_WIDE;
  }

  /**
   * Whether one of the breakpoints stands at an address, whichever set is executed there: a
   * registry may know of one set only, and a CPU executes both.
   */
  public static boolean isBreakpoint(TextReader text, long address) {
    byte[] there = new byte[Integer.BYTES];
    int count = text.read(address, there, 0, there.length);
    int first = (there[0] & 0xFF) | (there[1] & 0xFF) << 8;
    int second = (there[2] & 0xFF) | (there[3] & 0xFF) << 8;
    if (count >= Short.BYTES && first == T32_NARROW) {
      return true;
    }
    return count == there.length
        && ((first << 16 | second) == T32_WIDE || isA32(second << 16 | first));
  }

  private static boolean isA32(int word) {
    return (word & ~CONDITION) == A32 && (word & CONDITION) != CONDITION;
  }

  private static byte[] wide() {
    return halfwords(Integer.rotateLeft(T32_WIDE, Short.SIZE), Integer.BYTES);
  }

  private static byte[] word(int value) {
    return halfwords(value, Integer.BYTES);
  }

  private static byte[] halfwords(int value, int bytes) {
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      all[i] = (byte) (value >>> (i * Byte.SIZE));
    }
    return all;
  }
}
