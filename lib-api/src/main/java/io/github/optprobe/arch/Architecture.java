package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

  /**
   * Whether a breakpoint as this architecture writes them stands at an address. As it is, that is
   * one byte for byte like {@link #breakpoint()}; an architecture with several breakpoints knows
   * them all.
   *
   * @param text the text as it is, patches and all
   */
  public boolean isBreakpoint(TextReader text, long address) {
    byte[] breakpoint = breakpoint();
    byte[] there = new byte[breakpoint.length];
    int count = text.read(address, there, 0, there.length);
    return count == there.length && Arrays.equals(there, breakpoint);
  }

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

  /**
   * Decodes a function from its first byte to its last, and proves where its indirect jumps lead,
   * as far as it can. Never refuses. As it is, it proves nothing.
   *
   * <p>What is proven holds if the function is entered at its start and where the scope says only.
   * Memory that a jump table seems to lie in is read through {@code original} and taken not to
   * change: a text memory that lets constants be read, and nothing that can be written, has more
   * proven and nothing that does not hold.
   */
  public CodeScan scan(TextReader original, ScanScope scope) {
    return scan(original, scope.body());
  }

  // Plain kprobes: prepare, arm, disarm, resume.

  /**
   * Plans, relocates and emits the out-of-line copy of the instruction at an address. Writes
   * nothing.
   *
   * <p>The address is aligned, and its first byte is mapped; all else about the instruction is
   * judged here, with the refusals that there are for it: {@link Refusal.Truncated}, {@link
   * Refusal.Undecodable}, {@link Refusal.ForeignBreakpoint} for a breakpoint in the original text,
   * {@link Refusal.NoMemoryInReach}, {@link Refusal.OutOfReach}, and {@link Refusal.Unmovable} with
   * a code of the architecture's own. A tier for which no memory is in reach is better left out of
   * {@link PreparedProbe#tiers()} than made a reason to refuse, as long as one is left.
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

  /**
   * Lets a CPU that trapped at an instruction whose condition fails pass it: sets the registers as
   * the instruction leaves them when it does nothing. Such an instruction is not executed, so no
   * handler runs and nothing is counted. As it is, no instruction has a condition.
   *
   * <p>Not called where a jump is about to replace the breakpoint: {@link #detour} sends those
   * CPUs, and its buffer looks at the condition.
   *
   * @return whether the condition fails; if not, nothing has changed
   */
  public boolean passes(PreparedProbe probe, Registers registers) {
    return false;
  }

  /** Sends a CPU that trapped at the probe into its out-of-line copy. */
  public void resume(PreparedProbe probe, Registers registers) {
    registers.setProgramCounter(probe.copy().entry());
  }

  /**
   * Corrects the registers after one instruction of the copy was stepped. The program counter is
   * where that instruction has left it: behind it, or where it jumped. Called only for probes whose
   * {@linkplain PreparedProbe#tiers() tiers} have {@code SINGLE_STEP}.
   *
   * @return whether the probed instruction is complete; if not, the next instruction of the copy is
   *     to be stepped too
   */
  public abstract boolean stepped(PreparedProbe probe, Registers registers);

  // Optimized kprobes: prepare, optimize, unoptimize, detour.

  /**
   * Finds the whole instructions that a jump would overwrite. Whether they <em>may</em> be
   * overwritten is judged by the registry; whether each can be executed from a detour buffer is
   * judged here, for the first one too.
   *
   * @throws RefusedException if one of them can not be moved
   */
  public abstract WindowPlan planWindow(Preparation preparation);

  /**
   * The forms of jumps that are worth trying where the one that {@link #planWindow(Preparation)}
   * plans for was refused, the best first: shorter ones where the window is the trouble, farther
   * ones where memory in reach is. Empty if there is but one form.
   *
   * @param why the refusal of the window, of overwriting it, or of its detour buffer
   */
  public List<JumpForm> otherForms(Refusal why) {
    return List.of();
  }

  /**
   * Finds the whole instructions that a jump of one of the {@link #otherForms} would overwrite. The
   * plan that is returned says so to {@link #prepareDetour}.
   *
   * @throws RefusedException if one of them can not be moved
   */
  public WindowPlan planWindow(Preparation preparation, JumpForm form) {
    throw new IllegalStateException(instructionSet().name() + " has no other form of jump");
  }

  /**
   * Whether a gap between functions is padding that nothing executes: made of whole instructions
   * that do nothing or trap, as linkers and compilers fill up with, behind an instruction that
   * never goes on with the next one. As it is, nothing is taken for padding.
   *
   * @param original the text as it is without any probe
   * @param last the last instruction of the function in front of the gap
   * @param gap the bytes between that instruction and the next function, all of them
   */
  public boolean isUnreachedPadding(TextReader original, CodeAddress last, AddressRange gap) {
    return false;
  }

  /**
   * Makes the detour buffer for a window that {@link #planWindow(Preparation)} or {@link
   * #planWindow(Preparation, JumpForm)} found. Writes nothing.
   *
   * @param gate what the buffer calls
   * @throws RefusedException if no memory is in reach
   */
  public abstract PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate);

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
    registers.setProgramCounter(detour.buffer().start());
  }

  /**
   * A view for registers saved by this architecture's detour buffers.
   *
   * @param memory where the buffers save them
   */
  public abstract GateFrame newGateFrame(DataMemory memory);

  // Optional.

  /**
   * Computes the effect of the probed instruction, program counter included. If a load or store of
   * {@code memory} throws, so does this, with the registers as the instruction's fault leaves them.
   * Called only for probes whose {@linkplain PreparedProbe#tiers() tiers} have {@code EMULATED}; an
   * architecture that never offers that tier leaves this as it is.
   */
  public void emulate(PreparedProbe probe, Registers registers, DataMemory memory) {
    throw new IllegalStateException(instructionSet().name() + " emulates no instruction");
  }

  /**
   * How many bytes at an address have to stay what they are although they do nothing, because what
   * arrives there looks at them: an instruction that marks where an indirect branch may land. A
   * probe asked for there stands behind them. As it is, 0.
   *
   * @param original the text as it is without any probe
   * @param address a start of an instruction
   */
  public int landingMarkBytes(TextReader original, CodeAddress address) {
    return 0;
  }

  /**
   * How many bytes at an address are whole instructions that do nothing, which compilers put at the
   * entry of a function for others to patch. A probe asked for at an entry stands behind them. As
   * it is, 0.
   *
   * @param original the text as it is without any probe
   * @param address the start of an instruction: a function's first, or the one behind its landing
   *     mark
   */
  public int patchableEntryBytes(TextReader original, CodeAddress address) {
    return 0;
  }

  /** How calls return; empty if this architecture offers no return probes. */
  public Optional<CallConvention> calls() {
    return Optional.empty();
  }

  /**
   * Makes the code that hooked calls return to: a CPU that comes there must report it, as a
   * breakpoint at its first address or through the gate. As it is, it is a breakpoint; an
   * architecture whose buffers can call the gate spares the trap with one that saves the registers,
   * calls the gate with the trampoline's address as the probed address, and is never returned to.
   * Writes nothing. Called only if there are {@link #calls}.
   *
   * @param slots where the slot comes from
   * @param gate what a trampoline may call; empty if there is none
   * @throws IllegalStateException if no memory is free
   */
  public PreparedTrampoline prepareTrampoline(SlotAllocator slots, Optional<Gate> gate) {
    byte[] breakpoint = breakpoint();
    Slot slot =
        slots
            .allocate(breakpoint.length, instructionSet().addresses())
            .orElseThrow(() -> new IllegalStateException("no memory is free for a trampoline"));
    return new PreparedTrampoline(
        new CodeAddress(slot.address(), instructionSet()), slot, breakpoint);
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
