package io.github.optprobe.arm32.emulate;

import java.util.List;

/**
 * A store of one register, or of two to words behind each other.
 *
 * @param registers their numbers; PC is stored as it is read
 */
record Store(Indexing indexing, Width width, List<Integer> registers) implements Effect {
  @Override
  public void on(Cpu cpu) {
    int address = indexing.address(cpu);
    for (int i = 0; i < registers.size(); i++) {
      width.store(cpu, address + i * Integer.BYTES, cpu.get(registers.get(i)));
    }
    indexing.update(cpu);
  }
}
