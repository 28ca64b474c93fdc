package io.github.optprobe.toy;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Rewrites copied instructions so that they mean in a slot what they meant where they stood. */
final class ToyRelocator {
  private final List<ToyInstruction> window;
  private final int[] offsets;
  private final int size;

  /**
   * Creates a relocator.
   *
   * @param head bytes before the first relocated instruction
   */
  ToyRelocator(List<ToyInstruction> window, int head) {
    this.window = window;
    offsets = new int[window.size()];
    int at = head;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = at;
      at += sizeOf(window.get(i));
    }
    size = at;
  }

  /** Bytes without the jump back. */
  int size() {
    return size;
  }

  RelocatedCode emit(Slot slot, byte[] prologue) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(prologue);
    window.forEach(each -> out.writeBytes(relocated(each, slot.address())));
    out.writeBytes(abs(ToyOp.JMP, window.get(window.size() - 1).next()));
    long[] originals = window.stream().mapToLong(ToyInstruction::address).toArray();
    return new RelocatedCode(slot, out.toByteArray(), offsets, originals, size);
  }

  static byte[] abs(ToyOp op, long operand) {
    return new byte[] {op.code(), (byte) operand, (byte) (operand >> 8)};
  }

  private static int sizeOf(ToyInstruction each) {
    if (each.op() == ToyOp.CALL) {
      return 6;
    }
    return each.op().isRelative() ? 3 : each.length();
  }

  private byte[] relocated(ToyInstruction each, long base) {
    return switch (each.op()) {
      case JR, JMP -> abs(ToyOp.JMP, moved(each.target(), base));
      case BNZ, BNZA -> abs(ToyOp.BNZA, moved(each.target(), base));
      case LDP -> abs(ToyOp.LDA, each.target());
      case CALL -> call(each);
      default -> each.bytes();
    };
  }

  /** The return address is the original one, so that the called code can't tell. */
  private static byte[] call(ToyInstruction each) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(abs(ToyOp.PUSH, each.next()));
    out.writeBytes(abs(ToyOp.JMP, each.target()));
    return out.toByteArray();
  }

  /** A branch to the middle of the window must not go there: a jump's operand stands there. */
  private long moved(long target, long base) {
    for (int i = 1; i < offsets.length; i++) {
      if (window.get(i).address() == target) {
        return base + offsets[i];
      }
    }
    return target;
  }
}
