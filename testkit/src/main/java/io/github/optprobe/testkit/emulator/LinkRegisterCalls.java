package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.CallRegisters;
import io.github.optprobe.testkit.unicorn.Engine;

/** Calls with the return address in a register; arguments that have no register on the stack. */
abstract class LinkRegisterCalls implements Calls {
  private final CallRegisters calls;
  private final Engine engine;
  private final EmulatedData data;
  private final int word;
  private final int stackAlignment;

  LinkRegisterCalls(
      CallRegisters calls, Engine engine, EmulatedData data, int word, int stackAlignment) {
    this.calls = calls;
    this.engine = engine;
    this.data = data;
    this.word = word;
    this.stackAlignment = stackAlignment;
  }

  /** Where a function is to return to. */
  abstract long returnAddress(long entry, Services services);

  /** Goes to a function. */
  abstract void branch(long entry);

  @Override
  public final void enter(long below, long entry, Services services, long... arguments) {
    int inRegisters = Math.min(arguments.length, calls.arguments().size());
    for (int i = 0; i < inRegisters; i++) {
      engine.setRegister(calls.arguments().get(i), arguments[i]);
    }
    int onStack = arguments.length - inRegisters;
    long sp = (below - (long) onStack * word) & -stackAlignment;
    for (int i = 0; i < onStack; i++) {
      data.store(sp + (long) i * word, word, arguments[inRegisters + i]);
    }
    engine.setRegister(calls.stackPointer(), sp);
    engine.setRegister(calls.link(), returnAddress(entry, services));
    branch(entry);
  }

  @Override
  public final long argument(int index) {
    int inRegisters = calls.arguments().size();
    if (index < inRegisters) {
      return engine.register(calls.arguments().get(index));
    }
    long sp = engine.register(calls.stackPointer());
    return data.load(sp + (long) (index - inRegisters) * word, word);
  }

  @Override
  public final long result() {
    return engine.register(calls.result());
  }

  @Override
  public final void setResult(long value) {
    engine.setRegister(calls.result(), value);
  }

  @Override
  public final long link() {
    return engine.register(calls.link());
  }
}
