package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import java.util.Optional;

/**
 * A detour buffer: saves all registers, calls the gate, restores all registers, executes the
 * window, jumps back.
 */
final class DetourBuffer {
  private final Instruction it;
  private final Frame frame;
  private final Code code;
  private final int windowStart;
  private final int windowEnd;

  DetourBuffer(Instruction it, Gate gate) {
    this.it = it;
    frame = new Frame(it.xlen());
    code = new Code(it.xlen());
    frame.save(code);
    code.constant(Register.A0, it.address());
    frame.call(code, gate);
    frame.restore(code);
    windowStart = code.bytes();
    if (Relocation.isPossible(it)) {
      Relocation.append(code, it);
    } else {
      // It returns to the jump behind it, which the user has allowed.
      code.word(it.word());
    }
    windowEnd = code.bytes();
    code.jump(it.next());
  }

  int bytes() {
    return code.bytes();
  }

  long farthest() {
    return code.farthest();
  }

  /**
   * Where it may lie: where it reaches everything, and the jump at the probed address reaches it.
   */
  Optional<AddressRange> reach() {
    long last = Code.JUMP_FORWARD + bytes() - 1L;
    AddressRange jump = AddressRange.around(it.address(), Code.JUMP_BACKWARD, last);
    return code.reach().flatMap(jump::intersect);
  }

  RelocatedCode in(Slot slot) {
    int[] offsets = {windowStart};
    long[] originals = {it.address()};
    return new RelocatedCode(
        slot, code.at(slot.address()), offsets, originals, windowEnd, frame::repairSaving);
  }
}
