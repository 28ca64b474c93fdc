package io.github.optprobe.examples.riscv;

import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;

/** A window: the probed instruction, because the jump is as long as any. */
record RvWindow(Instruction instruction) implements WindowPlan {

  @Override
  public AddressRange window() {
    return AddressRange.ofLength(instruction.address(), Instruction.BYTES);
  }

  @Override
  public int instructions() {
    return 1;
  }
}
