package io.github.optprobe.testkit.traced;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The child's registers in an architecture's order and under its names. The program counter and the
 * stack pointer of the last stop are kept, for other threads to ask where the CPU stands.
 */
final class TracedRegisters implements Registers {
  private static final Map<String, GeneralRegister> BY_NAME = names();

  private final TracedMachine machine;
  private final RegisterFile file;
  private final GeneralRegister[] registers;
  private final long mask;
  private volatile long programCounter;
  private volatile long stackPointer;

  TracedRegisters(TracedMachine machine, RegisterFile file, CpuMode mode) {
    this.machine = machine;
    this.file = file;
    mask = mode == CpuMode.BITS_64 ? -1L : 0xffff_ffffL;
    registers = file.names().stream().map(TracedRegisters::named).toArray(GeneralRegister[]::new);
  }

  @Override
  public RegisterFile file() {
    return file;
  }

  @Override
  public long get(int index) {
    return machine.register(registers[index]) & mask;
  }

  @Override
  public void set(int index, long value) {
    machine.setRegister(registers[index], value & mask);
    if (index == file.programCounter()) {
      programCounter = value & mask;
    } else if (index == file.stackPointer()) {
      stackPointer = value & mask;
    }
  }

  /** The CPU has stopped, or its registers were set past this view. */
  void stopped() {
    programCounter = get(file.programCounter());
    stackPointer = get(file.stackPointer());
  }

  /** Where the CPU stands, or goes on; for any thread. */
  long lastProgramCounter() {
    return programCounter;
  }

  /** Where its stack ends; for any thread. */
  long lastStackPointer() {
    return stackPointer;
  }

  static GeneralRegister named(String name) {
    GeneralRegister register = BY_NAME.get(name);
    if (register == null) {
      throw new IllegalArgumentException("a traced child has no register " + name);
    }
    return register;
  }

  private static Map<String, GeneralRegister> names() {
    Map<String, GeneralRegister> names = new HashMap<>();
    for (GeneralRegister register : GeneralRegister.values()) {
      String name = register.name().toLowerCase(Locale.ROOT);
      names.put(name, register);
      // The low halves of those that 32-bit code has.
      if (name.startsWith("r") && !Character.isDigit(name.charAt(1))) {
        names.put("e" + name.substring(1), register);
      }
    }
    return names;
  }
}
