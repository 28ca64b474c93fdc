package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.JumpForm;
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

/** x86-64 with one form of jump only, so that it is used where another one would be better. */
final class OneForm extends Architecture {
  private final X86_64 architecture = new X86_64();
  private final JumpForm form;

  OneForm(JumpForm form) {
    this.form = form;
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    return architecture.planWindow(preparation, form);
  }

  @Override
  public InstructionSet instructionSet() {
    return architecture.instructionSet();
  }

  @Override
  public RegisterFile registers() {
    return architecture.registers();
  }

  @Override
  public byte[] breakpoint() {
    return architecture.breakpoint();
  }

  @Override
  public int maxInstructionBytes() {
    return architecture.maxInstructionBytes();
  }

  @Override
  public int maxWindowBytes() {
    return architecture.maxWindowBytes();
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    return architecture.disassemble(text, range);
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    return architecture.scan(original, range);
  }

  @Override
  public boolean isUnreachedPadding(TextReader original, CodeAddress last, AddressRange gap) {
    return architecture.isUnreachedPadding(original, last, gap);
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    return architecture.prepare(preparation);
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    architecture.arm(probes, text);
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    architecture.disarm(probes, text);
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers registers) {
    return architecture.stepped(probe, registers);
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    return architecture.prepareDetour(plan, preparation, gate);
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    architecture.optimize(detours, text);
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    architecture.unoptimize(detours, text);
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    return architecture.newGateFrame(memory);
  }

  @Override
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    architecture.emulate(probe, registers, memory);
  }

  @Override
  public int landingMarkBytes(TextReader original, CodeAddress address) {
    return architecture.landingMarkBytes(original, address);
  }

  @Override
  public int patchableEntryBytes(TextReader original, CodeAddress address) {
    return architecture.patchableEntryBytes(original, address);
  }
}
