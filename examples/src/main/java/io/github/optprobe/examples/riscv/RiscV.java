package io.github.optprobe.examples.riscv;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.Optional;

/** What RV32I and RV64I have in common, which is nearly all. Immutable and thread-safe. */
public abstract sealed class RiscV extends Architecture permits Rv32I, Rv64I {
  /** The copy of an instruction that may lie anywhere, and what ends it. */
  private static final int LEAST = 2 * Instruction.BYTES;

  private final Xlen xlen;

  RiscV(Xlen xlen) {
    this.xlen = xlen;
  }

  @Override
  public final InstructionSet instructionSet() {
    return xlen.instructionSet();
  }

  @Override
  public final RegisterFile registers() {
    return Register.FILE;
  }

  @Override
  public final byte[] breakpoint() {
    return Instruction.bytesOf(Opcode.EBREAK.match());
  }

  @Override
  public final int maxInstructionBytes() {
    return Instruction.BYTES;
  }

  @Override
  public final int maxWindowBytes() {
    return Instruction.BYTES;
  }

  @Override
  public final List<InstructionText> disassemble(TextReader text, AddressRange range) {
    return new Scanner(xlen, text).disassemble(range);
  }

  @Override
  public final CodeScan scan(TextReader original, AddressRange range) {
    return new Scanner(xlen, original).scan(range);
  }

  @Override
  public final PreparedProbe prepare(Preparation preparation) {
    Instruction it = accepted(preparation);
    return new ProbePreparer(it, preparation)
        .prepare()
        .orElseThrow(() -> refused(noMemory(preparation, instructionSet().addresses(), LEAST)));
  }

  @Override
  public final void arm(List<PreparedProbe> probes, TextMemory text) {
    Patch.write(probes, PreparedProbe::address, PreparedProbe::breakpoint, text);
  }

  @Override
  public final void disarm(List<PreparedProbe> probes, TextMemory text) {
    Patch.write(probes, PreparedProbe::address, PreparedProbe::original, text);
  }

  @Override
  public final boolean stepped(PreparedProbe probe, Registers registers) {
    if (registers.programCounter() != probe.copy().end()) {
      return false;
    }
    registers.setProgramCounter(((RvProbe) probe).instruction().next());
    return true;
  }

  @Override
  public final void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    Emulation.execute(((RvProbe) probe).instruction(), registers);
  }

  @Override
  public final WindowPlan planWindow(Preparation preparation) {
    Instruction it = accepted(preparation);
    if (!Relocation.isPossible(it) && !preparation.returnsIntoBuffers()) {
      throw refused(objections(preparation).linksItsTarget());
    }
    return new RvWindow(it);
  }

  @Override
  public final PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    Instruction it = ((RvWindow) plan).instruction();
    if (gate.changesVectorRegisters()) {
      throw refused(objections(preparation).gateChangesMore());
    }
    DetourBuffer buffer = new DetourBuffer(it, gate);
    AddressRange reach =
        buffer.reach().orElseThrow(() -> refused(outOfReach(preparation, buffer.farthest())));
    Slot slot =
        preparation
            .slots()
            .allocate(buffer.bytes(), reach)
            .orElseThrow(() -> refused(noMemory(preparation, reach, buffer.bytes())));
    return new RvDetour(it, buffer.in(slot));
  }

  @Override
  public final void optimize(List<PreparedDetour> detours, TextMemory text) {
    Patch.write(detours, PreparedDetour::address, PreparedDetour::jump, text);
  }

  @Override
  public final void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    Patch.write(detours, PreparedDetour::address, detour -> breakpoint(), text);
  }

  @Override
  public final GateFrame newGateFrame(DataMemory memory) {
    return new SavedRegisters(xlen, memory);
  }

  @Override
  public final Optional<CallConvention> calls() {
    return Optional.of(new RvCalls());
  }

  @Override
  public final PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    return gate.filter(there -> !there.changesVectorRegisters())
        .map(there -> trampoline(slots, there))
        .orElseGet(() -> super.prepareTrampoline(slots, gate));
  }

  private PreparedTrampoline trampoline(SlotAllocator slots, Gate gate) {
    Frame frame = new Frame(xlen);
    Code code = new Code(xlen);
    frame.save(code);
    frame.probedIsHere(code);
    frame.call(code, gate);
    code.word(Opcode.EBREAK.match());
    Slot slot =
        slots
            .allocate(code.bytes(), instructionSet().addresses())
            .orElseThrow(() -> new IllegalStateException("no memory is free for a trampoline"));
    CodeAddress address = new CodeAddress(slot.address(), instructionSet());
    return new PreparedTrampoline(address, slot, code.at(slot.address()));
  }

  /** The instruction at an address, if a probe may stand there. */
  private Instruction accepted(Preparation preparation) {
    Objections objections = objections(preparation);
    Instruction it =
        Instruction.at(xlen, preparation.original(), preparation.address().value())
            .orElseThrow(() -> refused(objections.undecodable()));
    Optional<RefusedException> refused = objections.against(it).map(Architecture::refused);
    if (refused.isPresent()) {
      throw refused.get();
    }
    return it;
  }

  private Objections objections(Preparation preparation) {
    return new Objections(
        xlen, preparation, culprit(preparation.original(), preparation.address()));
  }

  private Refusal noMemory(Preparation preparation, AddressRange wanted, int bytes) {
    return new Refusal.NoMemoryInReach(
        culprit(preparation.original(), preparation.address()), wanted, bytes);
  }

  private Refusal outOfReach(Preparation preparation, long target) {
    return new Refusal.OutOfReach(culprit(preparation.original(), preparation.address()), target);
  }
}
