package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/** Follows T32 code from the starts of functions, through branches but not through calls. */
final class ThumbWalk {
  private final ElfText.Section text;
  private final ArmDecoder decoder = ArmDecoder.of(ArmSet.T32);
  private final Map<Long, Instruction> reached = new TreeMap<>();
  private final Deque<Long> starts = new ArrayDeque<>();

  ThumbWalk(ElfText.Section text) {
    this.text = text;
  }

  void start(long address) {
    starts.add(address);
    while (!starts.isEmpty()) {
      straightOn(starts.remove());
    }
  }

  Collection<Instruction> reached() {
    return reached.values();
  }

  private void straightOn(long start) {
    ItState it = ItState.OUTSIDE;
    long address = start;
    while (!reached.containsKey(address) && isInside(address)) {
      Instruction instruction = decode(address, it);
      reached.put(address, instruction);
      if (instruction.hasBranchTarget() && !isCall(instruction)) {
        starts.add(instruction.branchTarget());
      }
      if (!goesOn(instruction)) {
        return;
      }
      it = instruction.nextIt();
      address = instruction.nextAddress();
    }
  }

  private boolean isInside(long address) {
    return address >= text.address() && address < text.address() + text.bytes().length - 2;
  }

  private Instruction decode(long address, ItState it) {
    int offset = (int) (address - text.address());
    return (Instruction)
        decoder.decode(text.bytes(), offset, text.bytes().length - offset, address, it);
  }

  private static boolean isCall(Instruction instruction) {
    return switch (instruction.treatment()) {
      case CALL, CALL_EXCHANGE, CALL_REGISTER -> true;
      default -> false;
    };
  }

  /** Not behind calls of functions that may not return: what stands there may be data. */
  private static boolean goesOn(Instruction instruction) {
    if (instruction.verdict().isRefused()) {
      return false;
    }
    boolean conditional = instruction.condition() != Condition.AL;
    return !instruction.verdict().writesPc()
        || conditional
        || instruction.treatment() == Treatment.COMPARE_BRANCH;
  }
}
