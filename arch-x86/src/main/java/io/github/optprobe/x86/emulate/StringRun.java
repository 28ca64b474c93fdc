package io.github.optprobe.x86.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;

/** One hit of a string instruction: indices and counter on their way. Not thread-safe. */
final class StringRun {
  private final StringInstruction instruction;
  private final StringOperation operation;
  private final Registers registers;
  private final DataMemory memory;
  private final long step;
  private final boolean counted;

  private long source;
  private long destination;
  private long count;
  private long accumulator;
  private long status;
  private boolean moved;

  StringRun(StringInstruction instruction, Registers registers, DataMemory memory) {
    this.instruction = instruction;
    this.operation = instruction.operation();
    this.registers = registers;
    this.memory = memory;
    boolean down = Flags.has(instruction.machine().flags(registers), Flags.DIRECTION);
    step = down ? -instruction.bytes() : instruction.bytes();
    counted = instruction.repeat() != StringInstruction.Repeat.ONCE;
    source = index(Machine.SI);
    destination = index(Machine.DI);
    count = index(Machine.CX);
    accumulator = Machine.low(registers, Machine.AX, elementBits());
  }

  private long index(int number) {
    return Machine.low(registers, number, instruction.addressBits());
  }

  private int elementBits() {
    return instruction.bytes() * Byte.SIZE;
  }

  void allElements() {
    boolean through = counted && count == 0;
    while (!through) {
      oneElement();
      advance();
      through = (counted && count == 0) || instruction.endsAfter(status);
    }
  }

  /** Everything that can fault comes before everything that changes something here. */
  private void oneElement() {
    switch (operation) {
      case MOVS -> store(load(source));
      case STOS -> store(accumulator);
      case LODS -> accumulator = load(source);
      case CMPS -> compare(load(source), load(destination));
      case SCAS -> compare(accumulator, load(destination));
    }
  }

  private long load(long address) {
    return memory.load(address, instruction.bytes());
  }

  private void store(long value) {
    Machine.store(memory, destination, instruction.bytes(), value);
  }

  private void compare(long left, long right) {
    status = Flags.ofComparison(left, right, elementBits());
  }

  private void advance() {
    long mask = Machine.mask(instruction.addressBits());
    source = (source + step) & mask;
    destination = (destination + step) & mask;
    count = (count - 1) & mask;
    moved = true;
  }

  /** Writes what has been done to the registers; without any element, that is nothing. */
  void saveProgress() {
    if (moved) {
      save(operation.hasSource(), Machine.SI, source);
      save(operation.hasDestination(), Machine.DI, destination);
      save(counted, Machine.CX, count);
      if (operation == StringOperation.LODS) {
        Machine.setLow(registers, Machine.AX, elementBits(), accumulator);
      }
    }
  }

  private void save(boolean used, int number, long value) {
    if (used) {
      Machine.setLow(registers, number, instruction.addressBits(), value);
    }
  }

  /** The flags of the last comparison; the old ones if there was none. */
  long statusFlags(long old) {
    return moved ? status : old;
  }
}
