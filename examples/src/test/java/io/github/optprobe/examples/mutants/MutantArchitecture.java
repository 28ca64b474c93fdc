package io.github.optprobe.examples.mutants;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
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
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.examples.riscv.Rv64I;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.Optional;

/**
 * An architecture that does what another one does, until a method of it is overridden. What it has
 * prepared may be wrapped, to lie about one thing, and is unwrapped when it is handed back.
 */
class MutantArchitecture extends Architecture {
  private final Architecture base = new Rv64I();

  @Override
  public InstructionSet instructionSet() {
    return base.instructionSet();
  }

  @Override
  public RegisterFile registers() {
    return base.registers();
  }

  @Override
  public byte[] breakpoint() {
    return base.breakpoint();
  }

  @Override
  public boolean isBreakpoint(TextReader text, long address) {
    return base.isBreakpoint(text, address);
  }

  @Override
  public int maxInstructionBytes() {
    return base.maxInstructionBytes();
  }

  @Override
  public int maxWindowBytes() {
    return base.maxWindowBytes();
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    return base.disassemble(text, range);
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    return base.scan(original, range);
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    return base.prepare(preparation);
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    base.arm(probes.stream().map(MutantProbe::unwrapped).toList(), text);
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    base.disarm(probes.stream().map(MutantProbe::unwrapped).toList(), text);
  }

  @Override
  public boolean passes(PreparedProbe probe, Registers registers) {
    return base.passes(MutantProbe.unwrapped(probe), registers);
  }

  @Override
  public void resume(PreparedProbe probe, Registers registers) {
    base.resume(MutantProbe.unwrapped(probe), registers);
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers registers) {
    return base.stepped(MutantProbe.unwrapped(probe), registers);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    return base.planWindow(preparation);
  }

  @Override
  public List<JumpForm> otherForms(Refusal why) {
    return base.otherForms(why);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation, JumpForm form) {
    return base.planWindow(preparation, form);
  }

  @Override
  public boolean isUnreachedPadding(TextReader original, CodeAddress last, AddressRange gap) {
    return base.isUnreachedPadding(original, last, gap);
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    return base.prepareDetour(MutantPlan.unwrapped(plan), preparation, gate);
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    base.optimize(detours.stream().map(MutantDetour::unwrapped).toList(), text);
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    base.unoptimize(detours.stream().map(MutantDetour::unwrapped).toList(), text);
  }

  @Override
  public void detour(PreparedDetour detour, Registers registers) {
    base.detour(MutantDetour.unwrapped(detour), registers);
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    return base.newGateFrame(memory);
  }

  @Override
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    base.emulate(MutantProbe.unwrapped(probe), registers, memory);
  }

  @Override
  public Optional<CallConvention> calls() {
    return base.calls();
  }

  @Override
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    return base.prepareTrampoline(slots, gate);
  }
}
