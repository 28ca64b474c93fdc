package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/**
 * How functions take arguments and give results: System V, arguments of one word only, integers and
 * pointers.
 */
final class CallConvention {
  private static final int STACK_ALIGNMENT = 16;

  private final ExecutorProfile profile;
  private final Engine engine;
  private final EmulatedData data;
  private final int word;

  CallConvention(ExecutorProfile profile, Engine engine, EmulatedData data) {
    this.profile = profile;
    this.engine = engine;
    this.data = data;
    word = profile.wordBytes();
  }

  /** Makes the CPU stand before a function's first instruction, called with these arguments. */
  void enter(long below, long returnAddress, long... arguments) {
    int inRegisters = Math.min(arguments.length, profile.arguments().size());
    for (int i = 0; i < inRegisters; i++) {
      engine.setRegister(profile.arguments().get(i), arguments[i]);
    }
    int onStack = arguments.length - inRegisters;
    long sp = (below - (long) onStack * word) & -STACK_ALIGNMENT;
    for (int i = 0; i < onStack; i++) {
      data.store(sp + (long) i * word, word, arguments[inRegisters + i]);
    }
    data.store(sp - word, word, returnAddress);
    engine.setRegister(profile.stackPointer(), sp - word);
  }

  /** An argument of the function before whose first instruction the CPU stands. */
  long argument(int index) {
    int inRegisters = profile.arguments().size();
    if (index < inRegisters) {
      return engine.register(profile.arguments().get(index));
    }
    long sp = engine.register(profile.stackPointer());
    return data.load(sp + word + (long) (index - inRegisters) * word, word);
  }

  long result() {
    return engine.register(profile.result());
  }

  void setResult(long value) {
    engine.setRegister(profile.result(), value);
  }
}
