package io.github.optprobe.x86.jna32;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.HostCall;
import io.github.optprobe.testkit.emulator.HostFunction;
import io.github.optprobe.testkit.libc.GuestHeap;
import java.util.HashMap;
import java.util.Map;

/**
 * A JNIEnv for code that runs without a Java machine. An array is the address of its elements, a
 * string that of its characters; what is not listed answers 0. The numbers are those of the table
 * in the JNI specification.
 */
final class JniTable {
  private static final int SLOTS = 235;
  private static final int MOST_BYTES = 4096;
  private static final int NEW_STRING_UTF = 167;
  private static final int GET_ARRAY_LENGTH = 171;
  private static final int NEW_BYTE_ARRAY = 176;
  private static final int GET_BOOLEAN_ARRAY_REGION = 199;
  private static final int SET_BOOLEAN_ARRAY_REGION = 207;
  private static final int NEW_DIRECT_BYTE_BUFFER = 229;
  private static final int GET_DIRECT_BUFFER_ADDRESS = 230;

  /** Sizes of boolean, byte, char, short, int, long, float, double, in the table's order. */
  private static final int[] ELEMENT_BYTES = {1, 1, 2, 2, 4, 8, 4, 8};

  private final GuestHeap heap;
  private final Map<Integer, HostFunction> functions = new HashMap<>();

  private JniTable(GuestHeap heap) {
    this.heap = heap;
    functions.put(NEW_STRING_UTF, call -> call.argument(1));
    functions.put(GET_ARRAY_LENGTH, call -> 16);
    functions.put(NEW_BYTE_ARRAY, call -> this.heap.allocate(call.argument(1)));
    functions.put(NEW_DIRECT_BYTE_BUFFER, call -> call.argument(1) + call.argument(2));
    functions.put(GET_DIRECT_BUFFER_ADDRESS, call -> call.argument(1));
    for (int i = 0; i < ELEMENT_BYTES.length; i++) {
      int bytes = ELEMENT_BYTES[i];
      functions.put(GET_BOOLEAN_ARRAY_REGION + i, call -> copy(call, bytes, true));
      functions.put(SET_BOOLEAN_ARRAY_REGION + i, call -> copy(call, bytes, false));
    }
  }

  /** Writes a table into the guest and returns the address of the environment that leads to it. */
  static long writeTo(EmulatedTarget target, GuestHeap heap) {
    JniTable table = new JniTable(heap);
    long slots = heap.allocate((long) SLOTS * Integer.BYTES);
    long nothing = target.addHostFunction(call -> 0);
    for (int i = 0; i < SLOTS; i++) {
      HostFunction function = table.functions.get(i);
      long address = function == null ? nothing : target.addHostFunction(function);
      target.data().store(slots + (long) i * Integer.BYTES, Integer.BYTES, address);
    }
    long environment = heap.allocate(Integer.BYTES);
    target.data().store(environment, Integer.BYTES, slots);
    return environment;
  }

  /** {@code (env, array, start, length, buffer)}. */
  private static long copy(HostCall call, int elementBytes, boolean fromArray) {
    long array = call.argument(1) + call.argument(2) * elementBytes;
    long buffer = call.argument(4);
    int bytes = call.intArgument(3) * elementBytes;
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new IllegalStateException("no array is that long: " + bytes);
    }
    EmulatedTarget target = call.target();
    if (fromArray) {
      target.writeBytes(buffer, target.readBytes(array, bytes));
    } else {
      target.writeBytes(array, target.readBytes(buffer, bytes));
    }
    return 0;
  }
}
