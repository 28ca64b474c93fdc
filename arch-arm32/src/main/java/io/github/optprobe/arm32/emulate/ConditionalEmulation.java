package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.decode.Instruction;

/** An effect, if the instruction's condition holds, and the way on behind the instruction. */
record ConditionalEmulation(Instruction instruction, Effect effect) implements Emulation {
  @Override
  public void run(Registers registers, DataMemory memory) {
    Cpu cpu = new Cpu(instruction, registers, memory);
    if (cpu.conditionHolds()) {
      effect.on(cpu);
    }
    cpu.commit();
  }
}
