package io.github.optprobe.arm32;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
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
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.emit.Assembler;
import io.github.optprobe.arm32.emit.DetourTemplate;
import io.github.optprobe.arm32.emit.FloatingPoint;
import io.github.optprobe.arm32.emulate.Emulation;
import io.github.optprobe.arm32.emulate.Emulator;
import io.github.optprobe.arm32.patch.PokeProtocol;
import io.github.optprobe.arm32.plan.Breakpoints;
import io.github.optprobe.arm32.plan.InstructionReader;
import io.github.optprobe.arm32.plan.JumpForms;
import io.github.optprobe.arm32.plan.MovePlan;
import io.github.optprobe.arm32.plan.Planner;
import io.github.optprobe.arm32.registers.ArmCalls;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.SavedRegisters;
import io.github.optprobe.arm32.relocate.Relocation;
import io.github.optprobe.arm32.relocate.Relocator;
import io.github.optprobe.arm32.scan.CodeScanner;
import io.github.optprobe.arm32.scan.ItBlocks;
import io.github.optprobe.arm32.scan.ItPosition;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the architectures of 32-bit ARM have in common: breakpoints that are undefined instructions,
 * copies that are stepped or boosted, emulation of everything that reads or writes PC, and jumps of
 * several forms into detour buffers. Thread-safe.
 *
 * <p>Registers by number: 0 to 12 are r0 to r12, 13 is sp, 14 lr, 15 pc, 16 cpsr. The program
 * counter is a plain address, and bit T of cpsr says which of the two sets is executed. Code is
 * little-endian, and so is data.
 *
 * <p>{@link Gate#address()} is a function pointer, as everywhere in ARM: bit 0 is set if T32 code
 * is there.
 */
public abstract sealed class ArmArchitecture extends Architecture permits A32, T32 {
  private static final int LONGEST_IT_BLOCK = 4 * Integer.BYTES;

  /** What one instruction of both sets can lower the stack pointer by, in steps of so many. */
  private static final int STACK_STEP = 64;

  private final ArmSet set;
  private final FloatingPoint floatingPoint;
  private final Optional<CallConvention> calls;

  ArmArchitecture(ArmSet set, VectorRegisters vectors) {
    this.set = set;
    this.floatingPoint = vectors == VectorRegisters.D16 ? FloatingPoint.D16 : FloatingPoint.D32;
    this.calls = Optional.of(new ArmCalls(set));
  }

  /**
   * Which native decoder is used: its name, version and where it was found.
   *
   * @throws DecoderUnavailableException if there is none
   */
  public static String decoderLibrary() {
    return ArmDecoder.nativeLibrary();
  }

  @Override
  public InstructionSet instructionSet() {
    return set.instructionSet();
  }

  @Override
  public RegisterFile registers() {
    return ArmRegisters.FILE;
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    return new SavedRegisters(memory, set);
  }

  @Override
  public Optional<CallConvention> calls() {
    return calls;
  }

  /** The one without a condition. */
  @Override
  public byte[] breakpoint() {
    return Breakpoints.always(set);
  }

  @Override
  public boolean isBreakpoint(TextReader text, long address) {
    return Breakpoints.isBreakpoint(text, address);
  }

  @Override
  public int maxInstructionBytes() {
    return Integer.BYTES;
  }

  @Override
  public int maxWindowBytes() {
    return JumpForms.LONGEST + LONGEST_IT_BLOCK;
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    return new Disassembler(decoder()).disassemble(text, range);
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    return new CodeScanner(decoder()).scan(original, range);
  }

  @Override
  public CodeScan scan(TextReader original, ScanScope scope) {
    return new CodeScanner(decoder()).scan(original, scope);
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    Planner planner = planner(preparation);
    ItPosition it = itPosition(preparation);
    Instruction instruction = planner.instructionAt(preparation.address(), it);
    Optional<Emulation> emulation = Emulator.emulationOf(instruction);
    Optional<Relocation> relocation = planner.inSlot(instruction);
    if (emulation.isEmpty() && relocation.isEmpty()) {
      throw planner.unmovable(instruction);
    }
    Set<Tier> tiers = Tiers.of(relocation, emulation, it);
    if (tiers.isEmpty()) {
      throw planner.unknownItBlock(instruction);
    }
    RelocatedCode copy =
        Tiers.needCopy(tiers) ? copy(preparation, relocation.orElseThrow()) : noCopy(preparation);
    boolean verbatim = relocation.filter(Relocation::isVerbatim).isPresent();
    return new ArmProbe(instruction, it, copy, verbatim, tiers, emulation);
  }

  private RelocatedCode copy(Preparation preparation, Relocation relocation) {
    Relocator relocator = new Relocator(List.of(relocation));
    int bytes = relocator.mostBytes((out, entry) -> {});
    Slot slot = slot(preparation, bytes, instructionSet().addresses());
    return relocator.relocate(slot, (out, entry) -> {});
  }

  /** What stands for the copy of an instruction that has none: a CPU that came here would trap. */
  private RelocatedCode noCopy(Preparation preparation) {
    long[] originals = {preparation.address().value()};
    byte[] trap = breakpoint();
    Slot slot = slot(preparation, trap.length, instructionSet().addresses());
    return new RelocatedCode(slot, trap, new int[] {0}, originals, trap.length);
  }

  private Slot slot(Preparation preparation, int bytes, AddressRange within) {
    return preparation
        .slots()
        .allocate(bytes, within)
        .orElseThrow(() -> noMemory(preparation, within, bytes));
  }

  private RefusedException noMemory(Preparation preparation, AddressRange within, int bytes) {
    Culprit culprit = culprit(preparation.original(), preparation.address());
    return refused(new Refusal.NoMemoryInReach(culprit, within, bytes));
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    PokeProtocol.arm(probes, text);
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    PokeProtocol.disarm(probes, text);
  }

  @Override
  public boolean passes(PreparedProbe probe, Registers registers) {
    return ((ArmProbe) probe).passes(registers);
  }

  @Override
  public void resume(PreparedProbe probe, Registers registers) {
    ((ArmProbe) probe).enterCopy(registers);
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers registers) {
    return ((ArmProbe) probe).leaveCopy(registers);
  }

  @Override
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    ((ArmProbe) probe).emulate(registers, memory);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    return planWindow(preparation, JumpForms.best(set));
  }

  @Override
  public List<JumpForm> otherForms(Refusal why) {
    return JumpForms.others(set);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation, JumpForm form) {
    ItPosition it = itPosition(preparation);
    Planner planner = planner(preparation);
    MovePlan plan = planner.planWindow(preparation.address(), it, form);
    preparation.function().get().ifPresent(scan -> planner.checkIsCode(plan, scan));
    return plan;
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan window, Preparation preparation, Gate gate) {
    MovePlan plan = (MovePlan) window;
    DetourJump jump = DetourJump.of(plan);
    Relocator relocator = new Relocator(plan.relocations());
    DetourHead head = new DetourHead(plan, gate, floatingPoint, leftAlone(plan));
    int bytes = relocator.mostBytes((out, entry) -> head.emit(out, entry, false));
    for (DetourJump form : jump.alternatives(plan.first())) {
      Optional<Slot> slot = preparation.slots().allocate(bytes, form.reach(bytes));
      if (slot.isPresent()) {
        return detour(plan, form, relocator, head, slot.get());
      }
    }
    throw noMemory(preparation, jump.reach(bytes), bytes);
  }

  private static PreparedDetour detour(
      MovePlan plan, DetourJump jump, Relocator relocator, DetourHead head, Slot slot) {
    RelocatedCode buffer =
        relocator.relocate(slot, (out, entry) -> head.emit(out, entry, jump.isConditional()));
    return new ArmDetour(plan, jump, buffer);
  }

  /** The window's own loads from below the stack pointer are to find what was there. */
  private static int leftAlone(MovePlan plan) {
    int wanted = Math.max(DetourTemplate.LEFT_ALONE, plan.loadedBelowStack());
    return (wanted + STACK_STEP - 1) / STACK_STEP * STACK_STEP;
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    PokeProtocol.optimize(detours, text);
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    PokeProtocol.unoptimize(detours, text);
  }

  @Override
  public void detour(PreparedDetour detour, Registers registers) {
    ((ArmDetour) detour).enter(registers);
  }

  @Override
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    if (gate.isEmpty()) {
      return super.prepareTrampoline(slots, gate);
    }
    Assembler measured = Assembler.of(set, 0);
    DetourTemplate.emitTrampoline(measured, 0, gate.get(), floatingPoint);
    Slot slot =
        slots
            .allocate(measured.mostBytes(), instructionSet().addresses())
            .orElseThrow(() -> new IllegalStateException("no memory is free for a trampoline"));
    Assembler out = Assembler.of(set, slot.address());
    DetourTemplate.emitTrampoline(out, slot.address(), gate.get(), floatingPoint);
    return new PreparedTrampoline(
        new CodeAddress(slot.address(), instructionSet()), slot, out.finish());
  }

  private ArmDecoder decoder() {
    return ArmDecoder.of(set);
  }

  private Planner planner(Preparation preparation) {
    InstructionReader reader = new InstructionReader(decoder(), preparation.original());
    return new Planner(reader, preparation.returnsIntoBuffers());
  }

  private ItPosition itPosition(Preparation preparation) {
    return set == ArmSet.A32
        ? new ItPosition(true, ItState.OUTSIDE)
        : ItBlocks.of(
            preparation.original(), preparation.function().get(), preparation.address().value());
  }
}
