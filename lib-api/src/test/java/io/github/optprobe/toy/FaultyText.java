package io.github.optprobe.toy;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.OptionalLong;

/** A text memory of which one step, or every step from one on, fails. */
public final class FaultyText implements TextMemory {
  private final TextMemory text;
  private int stepsLeft = Integer.MAX_VALUE;
  private int failuresLeft;
  private boolean partly;
  private int failures;
  private int stepsToAction;
  private Runnable action = () -> {};
  private Runnable readAction = () -> {};

  /** Never fails until told to. */
  public FaultyText(TextMemory text) {
    this.text = text;
  }

  /** Lets {@code steps} writes, synchronisations, allocations and frees succeed; the next fails. */
  public void failAfter(int steps, boolean newPartly) {
    stepsLeft = steps;
    failuresLeft = 1;
    partly = newPartly;
    failures = 0;
  }

  /** As {@link #failAfter}, and so do the {@code times - 1} steps behind it. */
  public void failAfter(int steps, int times) {
    failAfter(steps, false);
    failuresLeft = times;
  }

  /** As {@link #failAfter}, and all later ones fail too. */
  public void failFrom(int steps) {
    failAfter(steps, Integer.MAX_VALUE);
  }

  /** Fails no more. */
  public void heal() {
    stepsLeft = Integer.MAX_VALUE;
  }

  /** How many steps have failed since it was told to. */
  public int failures() {
    return failures;
  }

  /** Runs something right before the {@code step}-th step from now on, counted from 1. */
  public void before(int step, Runnable action) {
    stepsToAction = step;
    this.action = action;
  }

  private boolean fails() {
    stepsToAction--;
    if (stepsToAction == 0) {
      action.run();
    }
    if (stepsLeft > 0) {
      stepsLeft--;
      return false;
    }
    failures++;
    failuresLeft--;
    if (failuresLeft == 0) {
      heal();
    }
    return true;
  }

  private static TextException failure(Operation operation, long address, long length) {
    return new TextException(operation, address, length, "injected");
  }

  /** Runs something once, right before the next read. */
  public void beforeRead(Runnable once) {
    readAction = once;
  }

  @Override
  public int read(long address, byte[] into, int offset, int length) {
    Runnable once = readAction;
    readAction = () -> {};
    once.run();
    return text.read(address, into, offset, length);
  }

  @Override
  public void write(long address, byte[] bytes) {
    if (fails()) {
      if (partly) {
        text.write(address, Arrays.copyOf(bytes, (bytes.length + 1) / 2));
      }
      throw failure(Operation.WRITE, address, bytes.length);
    }
    text.write(address, bytes);
  }

  @Override
  public int atomicStoreBytes() {
    return text.atomicStoreBytes();
  }

  @Override
  public void synchronizeCpus() {
    if (fails()) {
      throw failure(Operation.SYNCHRONIZE, 0, 0);
    }
    text.synchronizeCpus();
  }

  @Override
  public OptionalLong allocate(int bytes, AddressRange within) {
    if (fails()) {
      throw failure(Operation.ALLOCATE, within.first(), bytes);
    }
    return text.allocate(bytes, within);
  }

  @Override
  public void free(long address) {
    if (fails()) {
      throw failure(Operation.FREE, address, 0);
    }
    text.free(address);
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return text.isQuiescent(range);
  }
}
