package io.github.optprobe.toy;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import java.util.Set;

/** A prepared plain probe. */
final class ToyProbe implements PreparedProbe {
  private final CodeAddress address;
  private final ToyInstruction instruction;
  private final RelocatedCode copy;

  ToyProbe(CodeAddress address, ToyInstruction instruction, RelocatedCode copy) {
    this.address = address;
    this.instruction = instruction;
    this.copy = copy;
  }

  ToyInstruction instruction() {
    return instruction;
  }

  @Override
  public CodeAddress address() {
    return address;
  }

  @Override
  public byte[] original() {
    return instruction.bytes().clone();
  }

  @Override
  public byte[] breakpoint() {
    return new byte[] {ToyOp.BRK.code()};
  }

  @Override
  public RelocatedCode copy() {
    return copy;
  }

  @Override
  public Set<Tier> tiers() {
    return instruction.op().tiers();
  }
}
