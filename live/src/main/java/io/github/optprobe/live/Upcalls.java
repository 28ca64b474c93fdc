package io.github.optprobe.live;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Makes a Java function callable by machine code: on Java 22 and later by the JVM's own foreign
 * function interface, before by a callback of JNA. Native threads that Java does not know become
 * daemon threads of it at their first call and stay so until they end.
 *
 * <p>The interface of Java 22 is reached by reflection, once for each function, so that the same
 * class works on Java 17; the calls themselves are direct.
 */
final class Upcalls {
  /** The system property that chooses: "ffm" or "jna"; the best that there is if not set. */
  static final String PROPERTY = "optprobe.live.upcalls";

  /** Never given back: a thread may be on its way to any of them. */
  private static final List<Object> HELD = new CopyOnWriteArrayList<>();

  /** What is called, and how. */
  record Upcall(long address, String kind) {}

  /** The type that JNA wants to know. */
  @FunctionalInterface
  private interface GateCallback extends Callback {
    @SuppressWarnings("unused") // Called by JNA.
    long invoke(long address, long frame, long kind, long record);
  }

  private Upcalls() {}

  /**
   * Makes it callable, for as long as the process lives.
   *
   * @throws IllegalStateException if what the property asks for is not there
   */
  static Upcall of(GateFunction function) {
    String wanted = System.getProperty(PROPERTY, "");
    HELD.add(function);
    if (wanted.equals("jna") || (wanted.isEmpty() && Runtime.version().feature() < 22)) {
      return byJna(function);
    }
    try {
      return byForeignFunctions(function);
    } catch (ReflectiveOperationException absent) {
      if (wanted.isEmpty()) {
        return byJna(function);
      }
      throw new IllegalStateException("this Java has no foreign function interface", absent);
    }
  }

  private static Upcall byJna(GateFunction function) {
    GateCallback callback = function::hit;
    Native.setCallbackThreadInitializer(
        callback, new CallbackThreadInitializer(true, false, "optprobe-hit"));
    HELD.add(callback);
    return new Upcall(
        Pointer.nativeValue(CallbackReference.getFunctionPointer(callback)), "JNA callback");
  }

  private static Upcall byForeignFunctions(GateFunction function)
      throws ReflectiveOperationException {
    MethodHandle target =
        MethodHandles.lookup()
            .bind(
                function,
                "hit",
                MethodType.methodType(long.class, long.class, long.class, long.class, long.class));
    Class<?> linkerClass = Class.forName("java.lang.foreign.Linker");
    Class<?> layoutClass = Class.forName("java.lang.foreign.MemoryLayout");
    Class<?> descriptorClass = Class.forName("java.lang.foreign.FunctionDescriptor");
    Class<?> arenaClass = Class.forName("java.lang.foreign.Arena");
    Object longs = Class.forName("java.lang.foreign.ValueLayout").getField("JAVA_LONG").get(null);
    Object arguments = java.lang.reflect.Array.newInstance(layoutClass, 4);
    for (int i = 0; i < 4; i++) {
      java.lang.reflect.Array.set(arguments, i, longs);
    }
    Object descriptor =
        descriptorClass
            .getMethod("of", layoutClass, arguments.getClass())
            .invoke(null, longs, arguments);
    Object linker = linkerClass.getMethod("nativeLinker").invoke(null);
    Object arena = arenaClass.getMethod("global").invoke(null);
    Class<?> options = Class.forName("java.lang.foreign.Linker$Option");
    Object none = java.lang.reflect.Array.newInstance(options, 0);
    try {
      Object segment =
          linkerClass
              .getMethod(
                  "upcallStub", MethodHandle.class, descriptorClass, arenaClass, none.getClass())
              .invoke(linker, target, descriptor, arena, none);
      HELD.add(segment);
      long address =
          (long)
              Class.forName("java.lang.foreign.MemorySegment").getMethod("address").invoke(segment);
      return new Upcall(address, "FFM upcall");
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException("the JVM gives no upcall", failed.getCause());
    }
  }
}
