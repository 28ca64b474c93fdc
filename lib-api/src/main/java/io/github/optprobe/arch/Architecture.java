package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.List;

/**
 * Teaches the library an instruction set. Implementations are found by {@link
 * java.util.ServiceLoader}: they have a public constructor without parameters and are named in
 * their module's {@code provides} and in {@code META-INF/services}.
 *
 * <p>An architecture keeps no state of any probe: what it needs later it puts into the objects that
 * it prepares. Everything that can fail fails in a prepare, with a typed {@link Refusal}; arming,
 * optimizing and their reverses meet failing stores only, and undo themselves.
 *
 * <p>Implementations are thread-safe: {@link #resume}, {@link #stepped}, {@link #detour} and {@link
 * #emulate} are called at any time by any thread that reports a trap, everything else by one thread
 * at a time for each registry.
 */
public abstract class Architecture {

  /** For implementations. */
  protected Architecture() {}

  // Identity.

  /** The instruction set that this architecture handles. */
  public abstract InstructionSet instructionSet();

  /** The registers that handlers see: always the same object, which targets hand back. */
  public abstract RegisterFile registers();

  /** The breakpoint that marks text which a debugger, or another registry, has patched. A copy. */
  public abstract byte[] breakpoint();

  /** The longest instruction in bytes. */
  public abstract int maxInstructionBytes();

  /** The longest window in bytes; at least {@link #maxInstructionBytes()}. */
  public abstract int maxWindowBytes();

  // Reading code.

  /**
   * Disassembles whole instructions from the first address of a range until its last byte is
   * covered. Bytes that do not decode, or are not mapped, become lines of their own.
   */
  public abstract List<InstructionText> disassemble(TextReader text, AddressRange range);

  /** Decodes a range from its first byte to its last. Never refuses: see {@link CodeScan}. */
  public abstract CodeScan scan(TextReader original, AddressRange range);

  // Plain kprobes: prepare, arm, disarm, resume.

  /**
   * Plans, relocates and emits the out-of-line copy of the instruction at an address. Writes
   * nothing.
   *
   * @throws RefusedException if the instruction can not be executed from a slot
   */
  public abstract PreparedProbe prepare(Preparation preparation);

  /**
   * Writes the breakpoints.
   *
   * @throws io.github.optprobe.text.TextException if a store failed; the text is as it was
   */
  public abstract void arm(List<PreparedProbe> probes, TextMemory text);

  /**
   * Writes the original bytes over the breakpoints.
   *
   * @throws io.github.optprobe.text.TextException if a store failed; the text is as it was
   */
  public abstract void disarm(List<PreparedProbe> probes, TextMemory text);

  /** Sends a CPU that trapped at the probe into its out-of-line copy. */
  public void resume(PreparedProbe probe, Registers registers) {
    registers.setProgramCounter(probe.copy().entry());
  }

  /**
   * Corrects the registers after one instruction of the copy was stepped.
   *
   * @return whether the probed instruction is complete; if not, the next instruction of the copy is
   *     to be stepped too
   */
  public abstract boolean stepped(PreparedProbe probe, Registers registers);

  // Optimized kprobes: prepare, optimize, unoptimize, detour.

  /**
   * Finds the whole instructions that a jump would overwrite. Whether they <em>may</em> be
   * overwritten is judged by the registry.
   *
   * @throws RefusedException if one of them can not be moved
   */
  public abstract WindowPlan planWindow(Preparation preparation);

  /**
   * Makes the detour buffer for a window that {@link #planWindow} found. Writes nothing.
   *
   * @param gate the address that the buffer calls
   * @throws RefusedException if no memory is in reach
   */
  public abstract PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, long gate);

  /**
   * Writes the jumps over armed breakpoints; the detour buffers are written already. Other CPUs may
   * be executing the text: at any moment they meet the breakpoint or the jump.
   *
   * @throws io.github.optprobe.text.TextException if a store failed; the breakpoints are as they
   *     were
   */
  public abstract void optimize(List<PreparedDetour> detours, TextMemory text);

  /**
   * Writes breakpoints and the original bytes behind them over the jumps.
   *
   * @throws io.github.optprobe.text.TextException if a store failed; the jumps are as they were
   */
  public abstract void unoptimize(List<PreparedDetour> detours, TextMemory text);

  /** Sends a CPU that trapped on a half-written jump into the detour buffer. */
  public void detour(PreparedDetour detour, Registers registers) {
    registers.setProgramCounter(detour.buffer().slot().address());
  }

  /**
   * A view for registers saved by this architecture's detour buffers.
   *
   * @param memory where the buffers save them
   */
  public abstract GateFrame newGateFrame(DataMemory memory);

  // Optional.

  /**
   * Computes the effect of the probed instruction, program counter included. Called only for probes
   * whose {@linkplain PreparedProbe#tiers() tiers} have {@code EMULATED}; an architecture that
   * never offers that tier leaves this as it is.
   */
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    throw new IllegalStateException(instructionSet().name() + " emulates no instruction");
  }

  // Helpers, so that every architecture says the same thing in the same words.

  /** Describes the place that a refusal is about. */
  public final Culprit culprit(TextReader original, CodeAddress address) {
    List<InstructionText> lines = disassemble(original, AddressRange.ofLength(address.value(), 1));
    InstructionText line = lines.get(0);
    return new Culprit(address, line.bytes(), line.text());
  }

  /** A refusal as an exception, to be thrown. */
  protected static RefusedException refused(Refusal refusal) {
    return new RefusedException(refusal);
  }

  @Override
  public final String toString() {
    return "Architecture[" + instructionSet().name() + "]";
  }
}
