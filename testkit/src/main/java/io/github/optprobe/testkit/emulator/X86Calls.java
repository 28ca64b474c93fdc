package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.CallRegisters;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/** System V on x86: the return address is on the stack, below arguments that are there too. */
final class X86Calls implements Calls {
  private static final int STACK_ALIGNMENT = 16;

  private final CallRegisters calls;
  private final Engine engine;
  private final EmulatedData data;
  private final LiveRegisters registers;
  private final int word;

  X86Calls(ExecutorProfile profile, Engine engine, EmulatedData data, LiveRegisters registers) {
    calls = profile.calls();
    this.engine = engine;
    this.data = data;
    this.registers = registers;
    word = profile.wordBytes();
  }

  @Override
  public void enter(long below, long entry, Services services, long... arguments) {
    int inRegisters = Math.min(arguments.length, calls.arguments().size());
    for (int i = 0; i < inRegisters; i++) {
      engine.setRegister(calls.arguments().get(i), arguments[i]);
    }
    int onStack = arguments.length - inRegisters;
    long sp = (below - (long) onStack * word) & -STACK_ALIGNMENT;
    for (int i = 0; i < onStack; i++) {
      data.store(sp + (long) i * word, word, arguments[inRegisters + i]);
    }
    data.store(sp - word, word, services.exit());
    engine.setRegister(calls.stackPointer(), sp - word);
    registers.setProgramCounter(entry);
  }

  @Override
  public long argument(int index) {
    int inRegisters = calls.arguments().size();
    if (index < inRegisters) {
      return engine.register(calls.arguments().get(index));
    }
    long sp = engine.register(calls.stackPointer());
    return data.load(sp + word + (long) (index - inRegisters) * word, word);
  }

  @Override
  public long result() {
    return engine.register(calls.result());
  }

  @Override
  public void setResult(long value) {
    engine.setRegister(calls.result(), value);
  }

  @Override
  public long link() {
    return 0;
  }
}
