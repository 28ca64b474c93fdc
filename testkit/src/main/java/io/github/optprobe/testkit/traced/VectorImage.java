package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.execute.MachineState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves vector registers between the child and a {@link MachineState}. The x87 stack is shown in it
 * after a run, and can not be set by it: it is as the last run left it.
 */
final class VectorImage {
  private static final int X87_REGISTERS = 8;
  private static final int X87_BYTES = 10;
  private static final int MXCSR_BYTES = 4;

  private final VectorState fresh;
  private final List<String> names = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private final int masks;
  private VectorState last;

  VectorImage(VectorState fresh) {
    this.fresh = fresh.copy();
    last = this.fresh;
    masks = fresh.hasMasks() ? VectorState.MASKS : 0;
    add("v", fresh.vectors(), fresh.vectorBytes());
    add("k", masks, Long.BYTES);
    add("st", X87_REGISTERS, X87_BYTES);
    names.add("mxcsr");
    widths.add(MXCSR_BYTES);
  }

  private void add(String prefix, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
      widths.add(bytes);
    }
  }

  List<String> names() {
    return names;
  }

  int[] widths() {
    return widths.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Makes what is in no state, the x87 stack and its control, as in a fresh CPU. */
  void reset() {
    last = fresh;
  }

  VectorState toChild(MachineState state) {
    VectorState vectors = last.copy();
    int at = 0;
    for (int i = 0; i < fresh.vectors(); i++) {
      vectors.setVector(i, state.wide(at++));
    }
    for (int i = 0; i < masks; i++) {
      vectors.setMask(i, bytes(state.wide(at++)).getLong(0));
    }
    vectors.setMxcsr(bytes(state.wide(at + X87_REGISTERS)).getInt(0));
    return vectors;
  }

  void fromChild(VectorState vectors, MachineState state) {
    last = vectors;
    int at = 0;
    for (int i = 0; i < fresh.vectors(); i++) {
      copy(vectors.vector(i), state.wide(at++));
    }
    for (int i = 0; i < masks; i++) {
      bytes(state.wide(at++)).putLong(0, vectors.mask(i));
    }
    for (int i = 0; i < X87_REGISTERS; i++) {
      copy(vectors.x87(i), state.wide(at++));
    }
    bytes(state.wide(at)).putInt(0, vectors.mxcsr());
  }

  private static ByteBuffer bytes(byte[] value) {
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copy(byte[] from, byte[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }
}
