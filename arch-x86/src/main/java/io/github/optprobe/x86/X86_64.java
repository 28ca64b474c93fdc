package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emit.DetourTemplate;
import io.github.optprobe.x86.emit.TrampolineTemplate;
import io.github.optprobe.x86.patch.PokeProtocol;
import io.github.optprobe.x86.plan.CodeScanner;
import io.github.optprobe.x86.plan.InstructionReader;
import io.github.optprobe.x86.plan.MovePlan;
import io.github.optprobe.x86.plan.Planner;
import io.github.optprobe.x86.registers.SavedRegisters;
import io.github.optprobe.x86.registers.X86Calls;
import io.github.optprobe.x86.registers.X86Registers;
import io.github.optprobe.x86.relocate.Relocator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The x86-64 architecture: {@code int3} breakpoints, copies that are stepped or boosted, and
 * five-byte jumps into detour buffers within 2 GiB.
 *
 * <p>Registers by number: 0 to 15 are the general registers in hardware order (rax, rcx, rdx, rbx,
 * rsp, rbp, rsi, rdi, r8 to r15), 16 is rip, 17 is rflags. Thread-safe.
 */
public final class X86_64 extends Architecture {
  /** The instruction set: 64-bit addresses, no alignment. */
  public static final InstructionSet INSTRUCTION_SET = new InstructionSet("x86-64", 64, 1);

  private static final Optional<CallConvention> CALLS = Optional.of(new X86Calls());

  /**
   * Creates the architecture. The native decoder is loaded when it is first needed, so that the
   * class can be listed by a service loader where there is none; from then on every method that
   * reads code throws {@link DecoderUnavailableException}, whose message lists the places that were
   * tried and says what to install.
   */
  public X86_64() {}

  /** An address of x86-64 code. */
  public static CodeAddress at(long address) {
    return new CodeAddress(address, INSTRUCTION_SET);
  }

  /**
   * Which native decoder is used: its name, version and where it was found.
   *
   * @throws DecoderUnavailableException if there is none
   */
  public static String decoderLibrary() {
    return X86Decoder.nativeLibrary();
  }

  @Override
  public InstructionSet instructionSet() {
    return INSTRUCTION_SET;
  }

  @Override
  public RegisterFile registers() {
    return X86Registers.FILE;
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
    return Branches.JMP_BYTES - 1 + Instruction.MAX_LENGTH;
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
  public PreparedProbe prepare(Preparation preparation) {
    MovePlan plan = planner(preparation).planOne(preparation.address());
    return new X86Probe(plan, relocate(plan, preparation, 0, out -> {}));
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
    return planner(preparation).planWindow(preparation.address(), Branches.JMP_BYTES);
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan window, Preparation preparation, long gate) {
    MovePlan plan = (MovePlan) window;
    long probed = plan.address().value();
    Consumer<CodeBuffer> head = out -> DetourTemplate.emit(out, probed, gate);
    return new X86Detour(plan, relocate(plan, preparation, DetourTemplate.BYTES, head));
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
  public GateFrame newGateFrame(DataMemory memory) {
    return new SavedRegisters(memory);
  }

  @Override
  public Optional<CallConvention> calls() {
    return CALLS;
  }

  @Override
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, OptionalLong gate) {
    if (gate.isEmpty()) {
      return super.prepareTrampoline(slots, gate);
    }
    Slot slot =
        slots
            .allocate(TrampolineTemplate.BYTES, INSTRUCTION_SET.addresses())
            .orElseThrow(() -> new IllegalStateException("no memory is free for a trampoline"));
    CodeBuffer out = new CodeBuffer(slot.address());
    TrampolineTemplate.emit(out, gate.getAsLong());
    return new PreparedTrampoline(at(slot.address()), slot, out.toBytes());
  }

  private static X86Decoder decoder() {
    return X86Decoder.for64Bit();
  }

  private static Planner planner(Preparation preparation) {
    return new Planner(new InstructionReader(decoder(), preparation.original()));
  }

  /** Relocates what was planned into a slot, behind a head of the given length. */
  private RelocatedCode relocate(
      MovePlan plan, Preparation preparation, int headBytes, Consumer<CodeBuffer> head) {
    Relocator relocator = new Relocator(plan.relocations());
    Slot slot = slot(preparation, plan, headBytes + relocator.length());
    return relocator.relocate(slot, head);
  }

  private Slot slot(Preparation preparation, MovePlan plan, int bytes) {
    return preparation
        .slots()
        .allocate(bytes, plan.reach())
        .orElseThrow(
            () -> {
              Culprit culprit = culprit(preparation.original(), preparation.address());
              return refused(new Refusal.NoMemoryInReach(culprit, plan.reach(), bytes));
            });
  }
}
