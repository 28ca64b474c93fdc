package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Refusal;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emit.DetourTemplate;
import io.github.optprobe.x86.emit.TrampolineTemplate;
import io.github.optprobe.x86.plan.JumpForms;
import io.github.optprobe.x86.registers.SavedRegisters;
import io.github.optprobe.x86.registers.X86Calls;
import io.github.optprobe.x86.registers.X86Registers;
import java.util.List;
import java.util.Optional;

/**
 * The x86-64 architecture: {@code int3} breakpoints, copies that are stepped or boosted, and jumps
 * into detour buffers: {@code jmp rel32} within 2 GiB (5 bytes), and where that can not be had
 * {@code jmp rel8} to an island in padding (2 bytes), or through an address in a near slot (6) or
 * right behind it (14) to a buffer anywhere.
 *
 * <p>Registers by number: 0 to 15 are the general registers in hardware order (rax, rcx, rdx, rbx,
 * rsp, rbp, rsi, rdi, r8 to r15), 16 is rip, 17 is rflags. Thread-safe.
 */
public final class X86_64 extends X86Architecture {
  /** The instruction set: 64-bit addresses, no alignment. */
  public static final InstructionSet INSTRUCTION_SET = new InstructionSet("x86-64", 64, 1);

  private static final Optional<CallConvention> CALLS = Optional.of(new X86Calls());

  /**
   * Creates the architecture. The native decoder is loaded when it is first needed, so that the
   * class can be listed by a service loader where there is none; from then on every method that
   * reads code throws {@link DecoderUnavailableException}, whose message lists the places that were
   * tried and says what to install.
   *
   * <p>This one is for text of {@link Privilege#USER}.
   */
  public X86_64() {
    this(Privilege.USER);
  }

  /**
   * Creates the architecture for text of a given privilege; as the constructor without parameters
   * else. To be given to {@link io.github.optprobe.Kprobes.Builder#architecture}: a service loader
   * makes the other one.
   *
   * @param privilege at which the text runs
   */
  public X86_64(Privilege privilege) {
    super(privilege);
  }

  /** An address of x86-64 code. */
  public static CodeAddress at(long address) {
    return new CodeAddress(address, INSTRUCTION_SET);
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
  public GateFrame newGateFrame(DataMemory memory) {
    return new SavedRegisters(memory);
  }

  @Override
  public Optional<CallConvention> calls() {
    return CALLS;
  }

  /** Farther jumps where memory in reach is missing, and a shorter one in any case. */
  @Override
  public List<JumpForm> otherForms(Refusal why) {
    boolean memory = why instanceof Refusal.NoMemoryInReach || why instanceof Refusal.OutOfReach;
    return memory
        ? List.of(JumpForms.SLOT, JumpForms.ABSOLUTE, JumpForms.ISLAND)
        : super.otherForms(why);
  }

  @Override
  X86Decoder decoder() {
    return X86Decoder.for64Bit();
  }

  @Override
  int detourHeadBytes(Gate gate) {
    return gate.cells().isPresent() ? Branches.JMP_THROUGH_BYTES : DetourTemplate.bytes(gate);
  }

  @Override
  void emitDetourHead(CodeBuffer out, long probedAddress, Gate gate) {
    if (gate.cells().isPresent()) {
      long cell = gate.cells().get().cellFor(at(probedAddress), out.address());
      Branches.jmpThrough(out, cell);
    } else {
      DetourTemplate.emit(out, probedAddress, gate);
    }
  }

  @Override
  int trampolineBytes(Gate gate) {
    return TrampolineTemplate.bytes(gate);
  }

  @Override
  void emitTrampoline(CodeBuffer out, Gate gate) {
    TrampolineTemplate.emit(out, gate);
  }
}
