package io.github.optprobe.arm32.emulate;

import java.util.List;

/**
 * A load of one register, or of two from words behind each other.
 *
 * @param registers their numbers; a single one may be PC, which makes it an exchanging branch
 */
record Load(Indexing indexing, Width width, List<Integer> registers) implements Effect {
  @Override
  public void on(Cpu cpu) {
    int address = indexing.address(cpu);
    indexing.update(cpu);
    for (int i = 0; i < registers.size(); i++) {
      cpu.setLoaded(registers.get(i), width.load(cpu, address + i * Integer.BYTES));
    }
  }
}
