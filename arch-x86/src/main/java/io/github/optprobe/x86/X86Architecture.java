package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emulate.Emulation;
import io.github.optprobe.x86.emulate.Emulator;
import io.github.optprobe.x86.patch.PokeProtocol;
import io.github.optprobe.x86.plan.CodeScanner;
import io.github.optprobe.x86.plan.EntryBytes;
import io.github.optprobe.x86.plan.InstructionReader;
import io.github.optprobe.x86.plan.JumpForms;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.plan.PaddingReader;
import io.github.optprobe.x86.plan.Planner;
import io.github.optprobe.x86.relocate.Relocator;
import java.util.List;
import java.util.Optional;

/**
 * What the x86 architectures have in common: {@code int3} breakpoints, copies that are stepped or
 * boosted, branches and a few others that are emulated, and jumps of several forms into detour
 * buffers. Thread-safe.
 */
public abstract sealed class X86Architecture extends Architecture permits X86_64, X86_32 {
  private final Emulator emulator;

  /** For text of a program under an operating system. */
  X86Architecture() {
    this(Privilege.USER);
  }

  X86Architecture(Privilege privilege) {
    emulator = new Emulator(privilege);
  }

  /** The decoder for this architecture's code. */
  abstract X86Decoder decoder();

  /** How many bytes a detour buffer has in front of its relocated window. */
  abstract int detourHeadBytes(Gate gate);

  /** Writes what a detour buffer has in front of its relocated window. */
  abstract void emitDetourHead(CodeBuffer out, long probedAddress, Gate gate);

  /** Writes what tracked calls return to, {@link #trampolineBytes} long. */
  abstract void emitTrampoline(CodeBuffer out, Gate gate);

  /** Length of the code that tracked calls return to, in bytes. */
  abstract int trampolineBytes(Gate gate);

  /**
   * Which native decoder is used: its name, version and where it was found.
   *
   * @throws DecoderUnavailableException if there is none
   */
  public static String decoderLibrary() {
    return X86Decoder.nativeLibrary();
  }

  @Override
  public byte[] breakpoint() {
    return new byte[] {PokeProtocol.INT3};
  }

  @Override
  public int maxInstructionBytes() {
    return Instruction.MAX_LENGTH;
  }

  @Override
  public int maxWindowBytes() {
    return JumpForms.ABSOLUTE.bytes() - 1 + Instruction.MAX_LENGTH;
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
  public int landingMarkBytes(TextReader original, CodeAddress address) {
    return new EntryBytes(decoder(), original).landingMark(address.value());
  }

  @Override
  public int patchableEntryBytes(TextReader original, CodeAddress address) {
    return new EntryBytes(decoder(), original).patchable(address.value());
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    Planner planner = planner(preparation);
    Instruction instruction = planner.instructionAt(preparation.address());
    return emulator
        .emulationOf(instruction)
        .map(emulation -> emulated(preparation, planner, instruction, emulation))
        .orElseGet(() -> copied(preparation, planner, instruction));
  }

  private X86Probe copied(Preparation preparation, Planner planner, Instruction instruction) {
    RelocatedCode copy = copy(preparation, planner, instruction);
    return new X86Probe(preparation.address(), instruction.bytes(), copy);
  }

  private X86Probe emulated(
      Preparation preparation, Planner planner, Instruction instruction, Emulation emulation) {
    RelocatedCode copy =
        emulation.replacesCopy() ? noCopy(preparation) : copy(preparation, planner, instruction);
    return new EmulatedProbe(preparation.address(), instruction.bytes(), copy, emulation);
  }

  private RelocatedCode copy(Preparation preparation, Planner planner, Instruction instruction) {
    MovePlan plan = planner.planOne(instruction, preparation.address());
    SlotChooser slots = new SlotChooser(this, plan, preparation);
    Relocator relocator = new Relocator(plan.relocations());
    return relocator.relocate(slots.nearElseFar(relocator, 0), out -> {});
  }

  /** What stands for the copy of an instruction that has none: a CPU that came here would trap. */
  private RelocatedCode noCopy(Preparation preparation) {
    long[] originals = {preparation.address().value()};
    byte[] trap = breakpoint();
    AddressRange anywhere = instructionSet().addresses();
    Slot slot =
        preparation
            .slots()
            .allocate(trap.length, anywhere)
            .orElseThrow(() -> noMemory(preparation, anywhere, trap.length));
    return new RelocatedCode(slot, trap, new int[] {0}, originals, trap.length);
  }

  /** The refusal where no memory is free. */
  RefusedException noMemory(Preparation preparation, AddressRange wanted, int bytes) {
    Culprit culprit = culprit(preparation.original(), preparation.address());
    return refused(new Refusal.NoMemoryInReach(culprit, wanted, bytes));
  }

  @Override
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    ((EmulatedProbe) probe).emulate(registers, memory);
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
  public boolean stepped(PreparedProbe probe, Registers registers) {
    long programCounter = registers.programCounter();
    if (programCounter == probe.copy().end()) {
      registers.setProgramCounter(((X86Probe) probe).nextAddress());
      return true;
    }
    // Inside: a string instruction that is not through, or the next part of a relocated call.
    return !probe.copy().covers(programCounter);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    return planWindow(preparation, JumpForms.RELATIVE);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation, JumpForm form) {
    return planner(preparation).planWindow(preparation.address(), form);
  }

  /** A shorter jump where the window is the trouble. */
  @Override
  public List<JumpForm> otherForms(Refusal why) {
    return List.of(JumpForms.ISLAND);
  }

  @Override
  public boolean isUnreachedPadding(TextReader original, CodeAddress last, AddressRange gap) {
    return new PaddingReader(decoder(), original).isUnreached(last, gap);
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan window, Preparation preparation, Gate gate) {
    return new DetourMaker(this, (MovePlan) window, preparation).make(gate);
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
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    if (gate.isEmpty()) {
      return super.prepareTrampoline(slots, gate);
    }
    Slot slot =
        slots
            .allocate(trampolineBytes(gate.get()), instructionSet().addresses())
            .orElseThrow(() -> new IllegalStateException("no memory is free for a trampoline"));
    CodeBuffer out = new CodeBuffer(slot.address(), instructionSet().addressBits());
    emitTrampoline(out, gate.get());
    return new PreparedTrampoline(
        new CodeAddress(slot.address(), instructionSet()), slot, out.toBytes());
  }

  private Planner planner(Preparation preparation) {
    InstructionReader reader = new InstructionReader(decoder(), preparation.original());
    return new Planner(reader, preparation.returnsIntoBuffers());
  }
}
