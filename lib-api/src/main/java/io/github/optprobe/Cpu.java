package io.github.optprobe;

import io.github.optprobe.arch.Registers;
import java.util.OptionalLong;

/**
 * Where a target reports what one of its CPUs, or threads, ran into. Where several threads of the
 * program take turns on one CPU, each needs one of these: calls that return probes track are kept
 * by thread. It holds what is in flight on that CPU (a handler running, an instruction being
 * stepped, calls that are tracked), so that hits on different CPUs share nothing and take no lock.
 *
 * <p>One CPU's methods are called by one thread at a time; different CPUs run independently of each
 * other and of every registry operation. Obtained from {@link Kprobes#newCpu}; not meant to be
 * implemented.
 */
public interface Cpu {

  /**
   * The CPU trapped on a breakpoint. The program counter in {@code registers} must be the address
   * <em>of</em> the breakpoint, also where the hardware reports the address behind it.
   *
   * <p>Runs the pre-handlers of the probe there, in registration order, and prepares the registers
   * for going on as if the original instruction stood there. The program counter that it sets must
   * count for {@link io.github.optprobe.text.TextMemory#isQuiescent} from that moment on, before
   * this method has returned.
   *
   * @param registers the CPU's live registers
   * @return {@link Resume#NOT_OURS} if a breakpoint is in the text there that no probe put there
   * @throws io.github.optprobe.text.TextException if an emulated instruction could not load or
   *     store and no fault handler dealt with it: the program counter is at the instruction
   * @throws IllegalStateException if it is the trampoline and no tracked call fits: the stack
   *     belongs to another CPU, or is corrupt
   */
  Resume breakpoint(Registers registers);

  /**
   * The CPU has executed the one instruction that {@link Resume#STEP} asked for. Corrects what
   * stepping out of line got wrong and runs the post-handlers. How the target stepped must not
   * show: where that is a flag of the CPU, the target takes it out of what the instruction has
   * pushed.
   *
   * @param registers the CPU's live registers
   * @return {@link Resume#NOT_OURS} if no step was asked for on this CPU
   */
  Resume stepped(Registers registers);

  /**
   * The CPU has called the gate from a detour buffer. Runs the pre-handlers on the registers that
   * the buffer saved. If a handler took over the program counter, all saved registers are loaded
   * into {@code registers}; if not, they are unchanged and the target lets the gate return.
   *
   * @param registers the CPU's live registers at the gate's first instruction
   * @return always {@link Resume#CONTINUE}
   */
  Resume gate(Registers registers);

  /**
   * The CPU has faulted in an instruction that it did not complete. If that was in a probe's copy,
   * sets the program counter to the original instruction, so that the target reports the fault
   * where the program knows it, and asks the fault handlers if it was the probed instruction; other
   * registers are as the copy left them. A step that was asked for there is given up.
   *
   * @param registers the CPU's live registers, the program counter at the instruction that faulted
   * @return {@link FaultOutcome#NOT_OURS} if it was not in a copy
   */
  FaultOutcome faulted(Registers registers);

  /**
   * The CPU, or thread, is no more: calls that it was in when it ended are not tracked any more, no
   * handler runs for them, and nothing waits for it. Called when no other method of it is running,
   * by any thread; no method is to be called afterwards.
   */
  void leave();

  /**
   * The real return address for one that was found on this CPU's stack: itself, unless it is the
   * trampoline of return probes. For stack walks, in handlers too.
   *
   * @param found a return address from the stack or the link register
   * @param entryStackPointer the stack pointer that its call had at its entry; on x86 the address
   *     of the stack slot in which {@code found} was
   * @return empty if it is the trampoline, and no call with that stack pointer is tracked here
   */
  OptionalLong originalReturnAddress(long found, long entryStackPointer);

  /**
   * The real return addresses of the calls that are tracked on this CPU, the innermost first, one
   * for each call however many return probes track it. A stack walk that does not know the stack
   * pointers takes the n-th where it meets the trampoline for the n-th time.
   */
  long[] originalReturnAddresses();
}
