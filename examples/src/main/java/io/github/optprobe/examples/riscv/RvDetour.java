package io.github.optprobe.examples.riscv;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;

/** A prepared detour. */
record RvDetour(Instruction instruction, RelocatedCode buffer) implements PreparedDetour {
  private static final JumpForm JAL = new JumpForm("jal", Instruction.BYTES, "within 1 MiB");

  @Override
  public CodeAddress address() {
    return new CodeAddress(instruction.address(), instruction.xlen().instructionSet());
  }

  @Override
  public AddressRange window() {
    return AddressRange.ofLength(instruction.address(), Instruction.BYTES);
  }

  @Override
  public byte[] jump() {
    return Instruction.bytesOf(Asm.jump((int) (buffer.start() - instruction.address())));
  }

  @Override
  public byte[] replaced() {
    return instruction.bytes();
  }

  @Override
  public JumpForm form() {
    return JAL;
  }
}
