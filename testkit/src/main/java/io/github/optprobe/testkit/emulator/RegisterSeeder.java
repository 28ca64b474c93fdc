package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.RegisterFile;
import java.util.SplittableRandom;

/**
 * Fills registers with a pattern. The program counter, the stack pointer and the bases of thread
 * storage keep their values; of the flags only those that arithmetic sets are touched.
 */
final class RegisterSeeder {
  private final EmulatedTarget target;
  private final Machine machine;

  RegisterSeeder(EmulatedTarget target, Machine machine) {
    this.target = target;
    this.machine = machine;
  }

  void seed(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    RegisterFile file = target.registers().file();
    for (int i = 0; i < file.size(); i++) {
      long value = random.nextLong();
      if (i != file.programCounter() && i != file.stackPointer()) {
        set(i, file.names().get(i), value);
      }
    }
    byte[] vector = new byte[16];
    for (int i = 0; i < target.vectorRegisters(); i++) {
      random.nextBytes(vector);
      target.setVectorRegister(i, vector);
    }
    machine.vectors().setFlags(random.nextLong());
  }

  private void set(int index, String name, long value) {
    if (machine.registers().isStatus(index)) {
      long arithmetic = machine.profile().status().arithmetic();
      long kept = target.registers().get(index) & ~arithmetic;
      target.registers().set(index, kept | (value & arithmetic));
    } else if (!name.endsWith("_base") && !machine.registers().isThreadBase(index)) {
      target.registers().set(index, value);
    }
  }
}
