package io.github.optprobe.examples.riscv;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import java.util.Set;

/** A prepared probe. */
record RvProbe(Instruction instruction, RelocatedCode copy, Set<Tier> tiers)
    implements PreparedProbe {

  @Override
  public CodeAddress address() {
    return new CodeAddress(instruction.address(), instruction.xlen().instructionSet());
  }

  @Override
  public byte[] original() {
    return instruction.bytes();
  }

  @Override
  public byte[] breakpoint() {
    return Instruction.bytesOf(Opcode.EBREAK.match());
  }
}
