package io.github.optprobe.examples.riscv;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.Preparation;
import java.util.Optional;

/** What is not probed, and why. */
final class Objections {
  /** At most so many instructions lie in a constrained LR/SC loop. Manual, 8.3. */
  private static final int LONGEST_LOOP = 16;

  private final Xlen xlen;
  private final Preparation preparation;
  private final Culprit culprit;

  Objections(Xlen xlen, Preparation preparation, Culprit culprit) {
    this.xlen = xlen;
    this.preparation = preparation;
    this.culprit = culprit;
  }

  /** What is wrong with bytes that do not decode. */
  Refusal undecodable() {
    byte[] bytes = new byte[Instruction.BYTES];
    int count = preparation.original().read(preparation.address().value(), bytes, 0, bytes.length);
    return switch (count) {
      case 0 -> new Refusal.Unmapped(culprit);
      case Instruction.BYTES -> new Refusal.Undecodable(culprit, "not in the table");
      default -> new Refusal.Truncated(culprit);
    };
  }

  /** Why no probe may stand at an instruction; empty if one may. */
  Optional<Refusal> against(Instruction it) {
    if (it.opcode() == Opcode.ECALL) {
      return objection(
          "RISCV_SYSTEM_CALL",
          "who serves the call sees, and may keep, the address that it comes from",
          "Probe the instruction in front of it or behind it.");
    }
    if (it.opcode() == Opcode.EBREAK) {
      return Optional.of(new Refusal.ForeignBreakpoint(culprit));
    }
    return holdsReservation(it)
        ? objection(
            "RISCV_RESERVATION",
            "a trap between lr and sc takes the reservation away, so that sc fails for ever",
            "Probe an instruction outside of the loop.")
        : Optional.empty();
  }

  /** Why no jump may stand at an instruction at which a breakpoint may. */
  Refusal linksItsTarget() {
    return new Refusal.Unmovable(
        culprit,
        "RISCV_LINKS_ITS_TARGET",
        "the call takes its target from the register that takes the return address",
        "Build the registry with returnsIntoBuffers(); the breakpoint works as it is.");
  }

  /** Why no buffer may call such a gate: the code around the probe may compute with them. */
  Refusal gateChangesMore() {
    return new Refusal.Unmovable(
        culprit,
        "RISCV_GATE_CHANGES_MORE",
        "the gate may change floating-point registers, which the detour buffer does not save",
        "Use a gate that leaves them as they are; the breakpoint works as it is.");
  }

  private Optional<Refusal> objection(String code, String rule, String advice) {
    return Optional.of(new Refusal.Unmovable(culprit, code, rule, advice));
  }

  /** Whether it is an lr or sc, or behind an lr with no sc in between. */
  private boolean holdsReservation(Instruction it) {
    if (isStoreConditional(it)) {
      return true;
    }
    long address = it.address();
    for (int i = 0; i < LONGEST_LOOP; i++) {
      Optional<Instruction> before = Instruction.at(xlen, preparation.original(), address);
      if (before.isEmpty() || (i > 0 && isStoreConditional(before.get()))) {
        return false;
      }
      if (before.get().opcode().format() == Format.LOAD_RESERVED) {
        return true;
      }
      address -= Instruction.BYTES;
    }
    return false;
  }

  private static boolean isStoreConditional(Instruction it) {
    return it.opcode() == Opcode.SC_W || it.opcode() == Opcode.SC_D;
  }
}
