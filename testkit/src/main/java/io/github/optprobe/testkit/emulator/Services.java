package io.github.optprobe.testkit.emulator;

import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses at which the guest reaches the target: the gate, where a run returns to, and host
 * functions. At each stands a stub that stops the run.
 */
final class Services {
  static final int BYTES = 1 << 16;

  private static final int STUB_BYTES = 16;
  private static final int EXIT = 0;
  private static final int GATE = 1;
  private static final int OTHER_EXIT = 2;
  private static final int FIRST_FUNCTION = 3;

  private final Mapping mapping;
  private final Stub stub;
  private final Stub otherExit;
  private final List<HostFunction> functions = new ArrayList<>();

  /**
   * Creates them.
   *
   * @param stub that of every service
   * @param otherExit the exit for functions of the CPU's other instruction set; {@code stub} again
   *     if there is none
   */
  Services(Mapping mapping, Stub stub, Stub otherExit) {
    this.mapping = mapping;
    this.stub = stub;
    this.otherExit = otherExit;
    writeStub(EXIT);
    writeStub(GATE);
    writeStub(OTHER_EXIT);
  }

  AddressRange range() {
    return mapping.range();
  }

  long exit() {
    return addressOf(EXIT);
  }

  /** Where a function of the CPU's other instruction set returns to; no mark in it. */
  long otherExit() {
    return addressOf(OTHER_EXIT);
  }

  boolean isExit(long stub) {
    return stub == exit() || stub == otherExit();
  }

  long gate() {
    return addressOf(GATE);
  }

  /** The instruction behind the stop, which returns to the stub's caller. */
  long returnOf(long stub) {
    return stub + stubOf(indexOf(stub)).advance();
  }

  /** Adds a host function and returns its address. */
  long add(HostFunction function) {
    int index = FIRST_FUNCTION + functions.size();
    if ((index + 1) * STUB_BYTES > BYTES) {
      throw new IllegalStateException("too many host functions: " + functions.size());
    }
    functions.add(function);
    writeStub(index);
    return addressOf(index);
  }

  /** The stub at which a stopped CPU stands, if it stands behind the stop of one; else -1. */
  long stubBefore(long stoppedAt) {
    if (!mapping.range().contains(stoppedAt)) {
      return -1;
    }
    int index = indexOf(stoppedAt);
    boolean isStub =
        index < FIRST_FUNCTION + functions.size()
            && stoppedAt == addressOf(index) + stubOf(index).advance();
    return isStub ? addressOf(index) : -1;
  }

  /** The host function whose stub this is. */
  HostFunction functionAt(long stub) {
    return functions.get(indexOf(stub) - FIRST_FUNCTION);
  }

  private int indexOf(long stub) {
    return (int) (stub - mapping.range().first()) / STUB_BYTES;
  }

  private long addressOf(int index) {
    return mapping.range().first() + (long) index * STUB_BYTES;
  }

  private void writeStub(int index) {
    mapping.memory().putLong(index * STUB_BYTES, stubOf(index).code());
  }

  private Stub stubOf(int index) {
    return index == OTHER_EXIT ? otherExit : stub;
  }

  /**
   * Code that stops the run and, gone on with, returns to its caller.
   *
   * @param code the first byte in memory lowest
   * @param advance how far into it the program counter is when it has stopped, in bytes
   */
  record Stub(long code, int advance) {}
}
