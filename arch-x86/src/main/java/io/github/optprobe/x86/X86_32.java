package io.github.optprobe.x86;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.x86.decode.X86Decoder;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emit.DetourTemplate32;
import io.github.optprobe.x86.emit.TrampolineTemplate32;
import io.github.optprobe.x86.registers.SavedRegisters32;
import io.github.optprobe.x86.registers.X86Calls32;
import io.github.optprobe.x86.registers.X86Registers32;
import java.util.Optional;

/**
 * The x86-32 architecture, protected mode with a flat 32-bit code segment: {@code int3}
 * breakpoints, copies that are stepped or boosted, and five-byte jumps into detour buffers, which
 * reach everything because displacements wrap at 4 GiB; where the window is too short for one, a
 * two-byte jump to an island in padding.
 *
 * <p>Registers by number: 0 to 7 are the general registers in hardware order (eax, ecx, edx, ebx,
 * esp, ebp, esi, edi), 8 is eip, 9 is eflags. Thread-safe.
 */
public final class X86_32 extends X86Architecture {
  /** The instruction set: 32-bit addresses, no alignment. */
  public static final InstructionSet INSTRUCTION_SET = new InstructionSet("x86-32", 32, 1);

  private static final Optional<CallConvention> CALLS = Optional.of(new X86Calls32());

  /**
   * Creates the architecture. As with {@link X86_64}, the native decoder is loaded when it is first
   * needed; where there is none, every method that reads code throws {@link
   * DecoderUnavailableException} from then on.
   */
  public X86_32() {
    this(Privilege.USER);
  }

  /**
   * Creates the architecture for text of a given privilege.
   *
   * @param privilege at which the text runs
   */
  public X86_32(Privilege privilege) {
    super(privilege);
  }

  /**
   * An address of x86-32 code.
   *
   * @throws IllegalArgumentException unless it is below 2<sup>32</sup>
   */
  public static CodeAddress at(long address) {
    return new CodeAddress(address, INSTRUCTION_SET);
  }

  @Override
  public InstructionSet instructionSet() {
    return INSTRUCTION_SET;
  }

  @Override
  public RegisterFile registers() {
    return X86Registers32.FILE;
  }

  @Override
  public GateFrame newGateFrame(DataMemory memory) {
    return new SavedRegisters32(memory);
  }

  @Override
  public Optional<CallConvention> calls() {
    return CALLS;
  }

  @Override
  X86Decoder decoder() {
    return X86Decoder.for32Bit();
  }

  @Override
  int detourHeadBytes(Gate gate) {
    return DetourTemplate32.bytes(gate);
  }

  @Override
  void emitDetourHead(CodeBuffer out, long probedAddress, Gate gate) {
    DetourTemplate32.emit(out, probedAddress, gate);
  }

  @Override
  int trampolineBytes(Gate gate) {
    return TrampolineTemplate32.bytes(gate);
  }

  @Override
  void emitTrampoline(CodeBuffer out, Gate gate) {
    TrampolineTemplate32.emit(out, gate);
  }
}
