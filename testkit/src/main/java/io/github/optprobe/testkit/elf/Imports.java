package io.github.optprobe.testkit.elf;

import io.github.optprobe.testkit.emulator.HostCall;
import io.github.optprobe.testkit.emulator.HostFunction;
import java.util.HashMap;
import java.util.Map;

/**
 * The functions that images may import, by name, and an optional listener to all calls of them. Not
 * thread-safe.
 */
public final class Imports {
  private final Map<String, Import> byName = new HashMap<>();
  private ImportListener listener = ImportListener.NONE;

  /** Creates an empty set. */
  public Imports() {}

  /**
   * Defines a function; a later definition of the same name replaces an earlier one, also in images
   * that are loaded already.
   *
   * @param name without a version
   * @param arity how many arguments are logged, 0 to 6
   * @return this
   */
  public Imports define(String name, int arity, HostFunction function) {
    byName.put(name, new Import(arity, function));
    return this;
  }

  /** Whether a function is defined. */
  public boolean defines(String name) {
    return byName.containsKey(name);
  }

  /** Sets who is told of all calls, instead of whoever was before. */
  public void setListener(ImportListener newListener) {
    listener = newListener;
  }

  /** What a stub for the name does when it is called. */
  HostFunction stub(String name) {
    return call -> invoke(name, call);
  }

  private long invoke(String name, HostCall call) {
    Import found = byName.get(name);
    if (found == null) {
      throw new UnresolvedImportException(name);
    }
    long[] arguments = new long[found.arity];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = call.argument(i);
    }
    long result = found.function.call(call);
    listener.called(name, arguments, result);
    return result;
  }

  private record Import(int arity, HostFunction function) {}
}
