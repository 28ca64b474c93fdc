package io.github.optprobe.elf;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.List;

/**
 * Sees the direct branches of ARM code, of all of it from the first byte on, knows the registers'
 * names, and can do nothing else.
 */
final class BranchesOnlyArchitecture extends Architecture {
  private final InstructionSet set;

  BranchesOnlyArchitecture(InstructionSet set) {
    this.set = set;
  }

  @Override
  public InstructionSet instructionSet() {
    return set;
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    CodeScan.Builder scan = CodeScan.of(range);
    long at = range.first();
    while (Long.compareUnsigned(at, range.last()) < 0) {
      long from = at;
      scan.instruction(from);
      ArmBranch.at(set, original, from).ifPresent(branch -> scan.branch(from, branch.to()));
      at += length(original, from);
    }
    return scan.build();
  }

  private int length(TextReader original, long address) {
    byte[] halfword = new byte[2];
    original.read(address, halfword, 0, halfword.length);
    boolean narrow = set.equals(ArmSets.T32) && (halfword[1] & 0xFF) < 0xE8;
    return narrow ? 2 : 4;
  }

  @Override
  public RegisterFile registers() {
    List<String> names =
        List.of(
            "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp",
            "lr", "pc", "cpsr");
    return new RegisterFile(names, "pc", "sp");
  }

  @Override
  public byte[] breakpoint() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int maxInstructionBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int maxWindowBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers live) {
    throw new UnsupportedOperationException();
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    throw new UnsupportedOperationException();
  }
}
