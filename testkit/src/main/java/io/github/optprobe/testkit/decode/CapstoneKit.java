package io.github.optprobe.testkit.decode;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/** What a Capstone decoder keeps for one instruction set: two handles, and what numbers mean. */
final class CapstoneKit {
  /** Capstone's names of the core registers of ARM, by number. */
  private static final List<String> ARM_REGISTERS =
      List.of(
          "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "sb", "sl", "fp", "ip", "sp", "lr",
          "pc");

  private static final int MOST_NUMBERS = 1 << 12;

  private final CapstoneHandle fast;
  private final CapstoneHandle detailed;
  private final String[] mnemonics;
  private final FlowClass[] direct;
  private final FlowClass[] indirect;
  private final long[] registerBits;

  CapstoneKit(CapstoneSet set) {
    fast = new CapstoneHandle(set, false);
    detailed = new CapstoneHandle(set, true);
    mnemonics = mnemonics(fast.handle());
    direct = flows(mnemonics, true);
    indirect = flows(mnemonics, false);
    registerBits = registerBits(set, fast.handle());
  }

  /** The handle that tells no registers, in half of the time. */
  CapstoneHandle fast() {
    return fast;
  }

  CapstoneHandle detailed() {
    return detailed;
  }

  String mnemonic(int id) {
    return mnemonics[id];
  }

  /** Whether a number among its operands may be a target. */
  boolean canLead(int id) {
    return direct[id] != indirect[id] || direct[id] == FlowClass.JUMP_CONDITIONAL;
  }

  FlowClass flow(int id, boolean constant) {
    return (constant ? direct : indirect)[id];
  }

  /** The bit of each register, by Capstone's number. */
  long[] registerBits() {
    return registerBits;
  }

  private static String[] mnemonics(long handle) {
    List<String> names = new ArrayList<>(List.of(""));
    for (int id = 1; id < MOST_NUMBERS; id++) {
      long name = CapstoneCalls.cs_insn_name(handle, id);
      if (name == 0) {
        break;
      }
      names.add(new Pointer(name).getString(0, "US-ASCII"));
    }
    return names.toArray(String[]::new);
  }

  private static FlowClass[] flows(String[] mnemonics, boolean constant) {
    FlowClass[] flows = new FlowClass[mnemonics.length];
    for (int i = 0; i < flows.length; i++) {
      flows[i] = X86Flow.of(mnemonics[i], constant);
    }
    return flows;
  }

  private static long[] registerBits(CapstoneSet set, long handle) {
    long[] bits = new long[MOST_NUMBERS];
    for (int id = 1; id < MOST_NUMBERS; id++) {
      long name = CapstoneCalls.cs_reg_name(handle, id);
      if (name == 0) {
        break;
      }
      bits[id] = bit(set, new Pointer(name).getString(0, "US-ASCII"));
    }
    return bits;
  }

  private static long bit(CapstoneSet set, String name) {
    if (set.isX86()) {
      return X86Registers.bit(name);
    }
    int number = ARM_REGISTERS.indexOf(name);
    return number < 0 ? 0 : 1L << number;
  }
}
