package io.github.optprobe.toy;

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
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Teaches the core the toy instruction set. */
public final class ToyArchitecture extends Architecture {
  /** The instruction set. */
  public static final InstructionSet TOY = new InstructionSet("toy", 16, 1);

  /** Its registers; z is the zero flag. */
  public static final RegisterFile REGISTERS =
      new RegisterFile(List.of("a", "x", "z", "sp", "pc"), "pc", "sp");

  /** A relative jump to an island. */
  public static final JumpForm ISLAND = new JumpForm("jr to an island", 2, "within 127 bytes");

  private static final int JUMP_BYTES = 3;
  private static final AddressRange EVERYWHERE = new AddressRange(0, 0xFFFF);

  private final InstructionSet instructionSet;
  private boolean gateTrampolines;
  private boolean islands;
  private Predicate<Registers> conditionFails = registers -> false;
  private long doubtful = -1;
  private Optional<CallConvention> calls = Optional.of(new ToyCalls());

  /** The toy architecture itself. */
  public ToyArchitecture() {
    this(TOY);
  }

  /** The same instructions under another name, or with another alignment. */
  public ToyArchitecture(InstructionSet instructionSet) {
    this.instructionSet = instructionSet;
  }

  /** Makes trampolines of return probes call the gate instead of trapping. */
  public ToyArchitecture withGateTrampolines() {
    gateTrampolines = true;
    return this;
  }

  /** Takes islands where a jump's window is too long. */
  public ToyArchitecture withIslands() {
    islands = true;
    return this;
  }

  /** Gives all instructions a condition, which fails when that is true. */
  public ToyArchitecture withConditionFailing(Predicate<Registers> when) {
    conditionFails = when;
    return this;
  }

  /** Takes that place for one at which nothing decodes, although something does. */
  public ToyArchitecture withDoubtAt(long address) {
    doubtful = address;
    return this;
  }

  /** Says nothing of how calls return. */
  public ToyArchitecture withoutCalls() {
    calls = Optional.empty();
    return this;
  }

  @Override
  public boolean passes(PreparedProbe probe, Registers registers) {
    if (!conditionFails.test(registers)) {
      return false;
    }
    registers.setProgramCounter(probe.address().value() + probe.original().length);
    return true;
  }

  @Override
  public Optional<CallConvention> calls() {
    return calls;
  }

  @Override
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    if (!gateTrampolines || gate.isEmpty()) {
      return super.prepareTrampoline(slots, gate);
    }
    Slot slot = slots.allocate(7, EVERYWHERE).orElseThrow();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ToyOp.PUSHALL.code());
    out.writeBytes(ToyRelocator.abs(ToyOp.PUSH, slot.address()));
    out.writeBytes(ToyRelocator.abs(ToyOp.CALL, gate.get().address()));
    return new PreparedTrampoline(
        new CodeAddress(slot.address(), instructionSet), slot, out.toByteArray());
  }

  @Override
  public InstructionSet instructionSet() {
    return instructionSet;
  }

  @Override
  public RegisterFile registers() {
    return REGISTERS;
  }

  @Override
  public byte[] breakpoint() {
    return new byte[] {ToyOp.BRK.code()};
  }

  @Override
  public int maxInstructionBytes() {
    return 4;
  }

  @Override
  public int maxWindowBytes() {
    return JUMP_BYTES - 1 + maxInstructionBytes();
  }

  @Override
  public List<InstructionText> disassemble(TextReader text, AddressRange range) {
    List<InstructionText> lines = new ArrayList<>();
    long at = range.first();
    while (range.contains(at) && at <= 0xFFFF) {
      InstructionText line = line(text, at);
      lines.add(line);
      at += line.length();
    }
    return lines;
  }

  private static InstructionText line(TextReader text, long at) {
    Optional<ToyInstruction> instruction = ToyInstruction.at(text, at);
    if (instruction.isPresent()) {
      return instruction.get().text();
    }
    return ToyInstruction.failureAt(text, at) == ToyInstruction.Failure.UNMAPPED
        ? new InstructionText(at, 1, "", "(not mapped)")
        : InstructionText.of(at, text.readFully(at, 1), "(bad)");
  }

  @Override
  public CodeScan scan(TextReader original, AddressRange range) {
    CodeScan.Builder scan = CodeScan.of(range);
    long at = range.first();
    while (range.contains(at)) {
      Optional<ToyInstruction> found = ToyInstruction.at(original, at);
      boolean whole = found.isPresent() && range.contains(found.get().range());
      if (!whole || at == doubtful) {
        scan.undecodable(at);
        at++;
      } else {
        note(scan, found.get());
        at += found.get().length();
      }
    }
    return scan.build();
  }

  private static void note(CodeScan.Builder scan, ToyInstruction instruction) {
    scan.instruction(instruction.address());
    if (instruction.op().isBranch()) {
      scan.branch(instruction.address(), instruction.target());
    }
    if (instruction.op() == ToyOp.JX) {
      scan.indirectJump(instruction.address());
    }
  }

  @Override
  public PreparedProbe prepare(Preparation preparation) {
    ToyInstruction instruction = decode(preparation, preparation.address());
    refuseUnlessCopyable(preparation, instruction);
    ToyRelocator relocator = new ToyRelocator(List.of(instruction), 0);
    Slot slot = allocate(preparation, relocator.size() + JUMP_BYTES);
    RelocatedCode copy = relocator.emit(slot, new byte[0]);
    return new ToyProbe(preparation.address(), instruction, copy);
  }

  private ToyInstruction decode(Preparation preparation, CodeAddress at) {
    TextReader original = preparation.original();
    switch (ToyInstruction.failureAt(original, at.value())) {
      case UNMAPPED -> throw refused(new Refusal.Unmapped(culprit(original, at)));
      case TRUNCATED -> throw refused(new Refusal.Truncated(culprit(original, at)));
      case UNDECODABLE ->
          throw refused(new Refusal.Undecodable(culprit(original, at), "no opcode"));
      case NONE -> {}
    }
    return ToyInstruction.at(original, at.value()).orElseThrow();
  }

  private void refuseUnlessCopyable(Preparation preparation, ToyInstruction instruction) {
    var culprit = culprit(preparation.original(), at(instruction));
    switch (instruction.op()) {
      case BRK -> throw refused(new Refusal.ForeignBreakpoint(culprit));
      case FAR -> throw refused(new Refusal.OutOfReach(culprit, 0xFFFF));
      case TRAP -> throw refused(unmovable(preparation, instruction));
      default -> {}
    }
  }

  private Refusal unmovable(Preparation preparation, ToyInstruction instruction) {
    return new Refusal.Unmovable(
        culprit(preparation.original(), at(instruction)),
        "TOY_UNMOVABLE",
        "the instruction works at its own address only",
        "Probe another instruction.");
  }

  private CodeAddress at(ToyInstruction instruction) {
    return new CodeAddress(instruction.address(), instructionSet);
  }

  private Slot allocate(Preparation preparation, int bytes) {
    return preparation
        .slots()
        .allocate(bytes, EVERYWHERE)
        .orElseThrow(
            () ->
                refused(
                    new Refusal.NoMemoryInReach(
                        culprit(preparation.original(), preparation.address()),
                        EVERYWHERE,
                        bytes)));
  }

  @Override
  public void arm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence pokes = new PokeSequence();
    PokeSequence.Round heads = pokes.round();
    probes.forEach(each -> heads.store(each.address().value(), breakpoint()));
    pokes.run(text);
  }

  @Override
  public void disarm(List<PreparedProbe> probes, TextMemory text) {
    PokeSequence pokes = new PokeSequence();
    PokeSequence.Round heads = pokes.round();
    probes.forEach(each -> heads.store(each.address().value(), Arrays.copyOf(each.original(), 1)));
    pokes.run(text);
  }

  @Override
  public boolean stepped(PreparedProbe probe, Registers registers) {
    long pc = registers.programCounter();
    if (pc == probe.copy().end()) {
      registers.setProgramCounter(((ToyProbe) probe).instruction().next());
      return true;
    }
    return !probe.copy().covers(pc);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation) {
    return planWindow(preparation, JUMP_BYTES);
  }

  @Override
  public WindowPlan planWindow(Preparation preparation, JumpForm form) {
    return planWindow(preparation, form.bytes());
  }

  @Override
  public List<JumpForm> otherForms(Refusal why) {
    return islands ? List.of(ISLAND) : super.otherForms(why);
  }

  @Override
  public boolean isUnreachedPadding(TextReader original, CodeAddress last, AddressRange gap) {
    boolean ends =
        ToyInstruction.at(original, last.value())
            .filter(instruction -> instruction.op() == ToyOp.RET)
            .isPresent();
    byte[] bytes = original.readFully(gap.first(), (int) gap.length());
    return ends && Arrays.equals(bytes, padding(bytes.length));
  }

  private static byte[] padding(int length) {
    byte[] padding = new byte[length];
    Arrays.fill(padding, ToyOp.BRK.code());
    return padding;
  }

  private WindowPlan planWindow(Preparation preparation, int jumpBytes) {
    List<ToyInstruction> window = new ArrayList<>();
    long at = preparation.address().value();
    long end = at + jumpBytes;
    while (at < end) {
      ToyInstruction each = decode(preparation, new CodeAddress(at & 0xFFFF, instructionSet));
      refuseUnlessCopyable(preparation, each);
      boolean isLast = at + each.length() >= end;
      if (!each.op().isMovable() || (!isLast && each.op().mustBeLast())) {
        throw refused(unmovable(preparation, each));
      }
      window.add(each);
      at += each.length();
    }
    return new ToyWindow(List.copyOf(window), jumpBytes);
  }

  @Override
  public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
    ToyWindow window = (ToyWindow) plan;
    long probed = preparation.address().value();
    byte[] prologue = prologue(probed, gate.address());
    ToyRelocator relocator = new ToyRelocator(window.all(), prologue.length);
    Slot slot = allocate(preparation, relocator.size() + JUMP_BYTES);
    return new ToyDetour(
        preparation.address(),
        window.window(),
        preparation.original().readFully(probed, window.jumpBytes()),
        relocator.emit(slot, prologue),
        window.jumpBytes() < JUMP_BYTES
            ? Optional.of(island(preparation, slot))
            : Optional.empty());
  }

  private RelocatedCode island(Preparation preparation, Slot buffer) {
    long probed = preparation.address().value();
    AddressRange within = AddressRange.around(probed + 2, 128, 127 + JUMP_BYTES - 1);
    Slot island =
        preparation
            .islands()
            .allocate(JUMP_BYTES, within)
            .orElseThrow(
                () ->
                    refused(
                        new Refusal.NoMemoryInReach(
                            culprit(preparation.original(), preparation.address()),
                            within,
                            JUMP_BYTES)));
    return RelocatedCode.leadingOn(island, ToyRelocator.abs(ToyOp.JMP, buffer.address()), probed);
  }

  private static byte[] prologue(long probed, long gate) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ToyOp.PUSHALL.code());
    out.writeBytes(ToyRelocator.abs(ToyOp.PUSH, probed));
    out.writeBytes(ToyRelocator.abs(ToyOp.CALL, gate));
    out.write(ToyOp.DROP.code());
    out.write(ToyOp.POPALL.code());
    return out.toByteArray();
  }

  @Override
  public void optimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence pokes = new PokeSequence();
    PokeSequence.Round tails = pokes.round();
    PokeSequence.Round heads = pokes.round();
    for (PreparedDetour each : detours) {
      tails.store(each.address().value() + 1, tail(each.jump()));
      heads.store(each.address().value(), Arrays.copyOf(each.jump(), 1));
    }
    pokes.run(text);
  }

  @Override
  public void unoptimize(List<PreparedDetour> detours, TextMemory text) {
    PokeSequence pokes = new PokeSequence();
    PokeSequence.Round heads = pokes.round();
    PokeSequence.Round tails = pokes.round();
    for (PreparedDetour each : detours) {
      heads.store(each.address().value(), breakpoint());
      tails.store(each.address().value() + 1, tail(each.replaced()));
    }
    pokes.run(text);
  }

  private static byte[] tail(byte[] code) {
    return Arrays.copyOfRange(code, 1, code.length);
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    return new ToyFrame(memory);
  }

  @Override
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    ToyInstruction instruction = ((ToyProbe) probe).instruction();
    switch (instruction.op()) {
      case NOP -> {}
      case LDE -> registers.set("a", memory.load(instruction.operand(), 2));
      case INX -> registers.set("x", registers.get("x") + 1);
      case XPC ->
          registers.set("a", registers.get("a") ^ (instruction.operand() + instruction.address()));
      default -> throw new IllegalStateException("not emulated: " + instruction);
    }
    registers.setProgramCounter(instruction.next());
  }
}
