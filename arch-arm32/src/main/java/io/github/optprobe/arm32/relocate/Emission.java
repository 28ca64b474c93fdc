package io.github.optprobe.arm32.relocate;

import io.github.optprobe.arm32.emit.Assembler;
import io.github.optprobe.arm32.emit.Label;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Relocated instructions being written one behind the other. Not thread-safe. */
final class Emission {
  private static final int SP = 13;

  private final Assembler out;
  private final Map<Long, Label> inside;
  private final List<Borrowed> borrowed = new ArrayList<>();

  /**
   * Begins.
   *
   * @param inside the places of the instructions that are written here, by their addresses
   */
  Emission(Assembler out, Map<Long, Label> inside) {
    this.out = out;
    this.inside = inside;
  }

  Assembler out() {
    return out;
  }

  List<Borrowed> borrowed() {
    return List.copyOf(borrowed);
  }

  /** Goes on where an address of the program is now. */
  void jumpTo(long original) {
    Label label = inside.get(original);
    if (label == null) {
      out.jump(original);
    } else {
      out.branch(Condition.AL, label);
    }
  }

  /** Loads where a call of the program returns to, marked, into a register. */
  void returnAddress(int register, long original) {
    Label label = inside.get(original);
    if (label == null) {
      out.constant(register, out.set() == ArmSet.T32 ? original | 1 : original);
    } else {
      out.addressOf(register, label);
    }
  }

  /** Runs code in which a register is free, saved below what the program may have on its stack. */
  void borrowing(int register, Runnable code) {
    out.lowerStack(Borrowed.STACK_BYTES);
    int from = out.size();
    out.store(register, SP, 0);
    int saved = out.size();
    borrowed.add(Borrowed.stackOnly(from, saved));
    code.run();
    out.load(register, SP, 0);
    borrowed.add(Borrowed.register(saved, out.size(), register));
    borrowed.add(Borrowed.stackOnly(out.size(), out.size() + 1));
    out.raiseStack(Borrowed.STACK_BYTES);
  }
}
