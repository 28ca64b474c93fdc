package io.github.optprobe.internal;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is in flight on one CPU. A hit takes no lock: it finds the aggregate probe in the table and
 * reads its volatile state.
 */
final class CpuState implements Cpu {
  private final ProbeTable table;
  private final CodeIndex code;
  private final TextMemory text;
  private final DataMemory memory;
  private final GateFrame[] frames;
  private final Architecture[] architectures;
  private final Trampolines trampolines;
  private final ReturnStack returns;
  private final HitEvents events;
  private final Cpus cpus;

  /** Probes whose copy is being stepped, the innermost last. */
  private final Deque<Aggregate> stepping = new ArrayDeque<>(4);

  /** Whether a handler is running. */
  private boolean busy;

  /** Whether this CPU may have read a probe's state and not yet acted on it. */
  private volatile boolean inHit;

  /** How many hits, none inside of another, are over. */
  private volatile long finishedHits;

  /** How many traps are in progress, one inside the other, and where the outermost is. */
  private volatile int traps;

  private volatile long outermostTrap;

  CpuState(
      ProbeTable table,
      CodeIndex code,
      TextMemory text,
      DataMemory memory,
      Architecture[] architectures,
      Trampolines trampolines,
      HitEvents events,
      Cpus cpus) {
    this.cpus = cpus;
    this.table = table;
    this.code = code;
    this.text = text;
    this.memory = memory;
    this.architectures = architectures.clone();
    this.trampolines = trampolines;
    this.returns = new ReturnStack(trampolines);
    this.events = events;
    this.frames =
        Arrays.stream(architectures)
            .map(architecture -> architecture.newGateFrame(memory))
            .toArray(GateFrame[]::new);
  }

  DataMemory memory() {
    return memory;
  }

  ReturnStack returns() {
    return returns;
  }

  boolean isInHit() {
    return inHit;
  }

  long finishedHits() {
    return finishedHits;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Written by one thread only.
  private void endHit(boolean outer) {
    if (!outer) {
      finishedHits++;
    }
    inHit = outer;
  }

  @Override
  public void leave() {
    returns.abandon();
    stepping.clear();
    cpus.remove(this);
    // Its thread may have ended in the middle of a hit, for which somebody may be waiting already.
    traps = 0;
    inHit = false;
  }

  /** Whether it is in the middle of a trap at an address in the range, or may be. */
  boolean isInTrap(AddressRange range) {
    int nested = traps;
    return nested > 1 || (nested == 1 && range.contains(outermostTrap));
  }

  @Override
  public Resume breakpoint(Registers registers) {
    boolean outer = inHit;
    int outerTraps = traps;
    beginTrap(registers.programCounter());
    try {
      return trap(registers);
    } finally {
      endHit(outer);
      traps = outerTraps;
    }
  }

  private void beginTrap(long address) {
    int outerTraps = traps;
    if (outerTraps == 0) {
      outermostTrap = address;
    }
    traps = outerTraps + 1;
    inHit = true;
  }

  private Resume trap(Registers registers) {
    long address = registers.programCounter();
    Aggregate probe = armedAt(address);
    if (probe == null) {
      Trampoline trampoline = trampolines.at(address);
      if (trampoline != null) {
        returned(trampoline, registers);
        return Resume.CONTINUE;
      }
    }
    // A probe may have come back between the two looks; only a breakpoint that stands through both
    // and is in no table is somebody else's.
    while (probe == null && isBreakpoint(address)) {
      probe = armedAt(address);
      if (probe == null && isBreakpoint(address)) {
        return Resume.NOT_OURS;
      }
    }
    return probe == null ? Resume.CONTINUE : hit(probe, registers);
  }

  private @Nullable Aggregate armedAt(long address) {
    Aggregate probe = table.find(address);
    return probe != null && probe.text() != TextState.ORIGINAL ? probe : null;
  }

  private Resume hit(Aggregate probe, Registers registers) {
    PreparedDetour jump = probe.jump();
    if (jump != null) {
      // Half-written, soon to be, or written since this CPU trapped: the buffer runs the handlers
      // and the window, while the copy would lead back into it.
      probe.architecture().detour(jump, registers);
      return Resume.CONTINUE;
    }
    boolean passes = probe.architecture().passes(probe.prepared(), registers);
    if (passes || runPre(probe, registers) == HandlerOutcome.SKIP) {
      return Resume.CONTINUE;
    }
    return resume(probe, registers);
  }

  private Resume resume(Aggregate probe, Registers registers) {
    Tier tier = probe.trapTier();
    if (tier == Tier.EMULATED) {
      emulate(probe, registers);
      return Resume.CONTINUE;
    }
    probe.architecture().resume(probe.prepared(), registers);
    if (tier == Tier.SINGLE_STEP) {
      stepping.addLast(probe);
      return Resume.STEP;
    }
    return Resume.CONTINUE;
  }

  private void emulate(Aggregate probe, Registers registers) {
    registers.setProgramCounter(probe.addressValue());
    try {
      probe.architecture().emulate(probe.prepared(), registers, memory);
    } catch (TextException fault) {
      registers.setProgramCounter(probe.addressValue());
      if (runFault(probe, registers) != FaultOutcome.HANDLED) {
        throw fault;
      }
      return;
    }
    runPost(probe, registers);
  }

  private boolean isBreakpoint(long address) {
    for (Architecture architecture : architectures) {
      if (architecture.isBreakpoint(text, address)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Resume stepped(Registers registers) {
    Aggregate probe = stepping.peekLast();
    if (probe == null) {
      return Resume.NOT_OURS;
    }
    if (!probe.architecture().stepped(probe.prepared(), registers)) {
      return Resume.STEP;
    }
    stepping.removeLast();
    runPost(probe, registers);
    return Resume.CONTINUE;
  }

  @Override
  public FaultOutcome faulted(Registers registers) {
    long programCounter = registers.programCounter();
    Aggregate stepped = stepping.peekLast();
    if (stepped != null && stepped.prepared().copy().covers(programCounter)) {
      stepping.removeLast();
    }
    RelocatedCode copy = code.at(programCounter).orElse(null);
    OptionalLong original = copy == null ? OptionalLong.empty() : copy.originalOf(programCounter);
    if (copy == null || original.isEmpty()) {
      return FaultOutcome.NOT_OURS;
    }
    copy.repairFault(programCounter, registers, memory);
    boolean isProbed = original.getAsLong() == copy.firstOriginal();
    return faulted(original.getAsLong(), isProbed, registers);
  }

  private FaultOutcome faulted(long original, boolean isProbed, Registers registers) {
    boolean outer = inHit;
    int outerTraps = traps;
    beginTrap(original);
    try {
      registers.setProgramCounter(original);
      Aggregate probe = isProbed ? table.find(original) : null;
      FaultOutcome outcome = probe == null ? FaultOutcome.DELIVER : runFault(probe, registers);
      if (probe != null && outcome == FaultOutcome.HANDLED) {
        leaveWindow(probe, registers);
      }
      return outcome;
    } finally {
      endHit(outer);
      traps = outerTraps;
    }
  }

  /**
   * Where a handler wants to go on may lie in the window of its own probe: a part of the jump
   * stands there, and the instruction itself in the buffer.
   */
  private static void leaveWindow(Aggregate probe, Registers registers) {
    PreparedDetour jump = probe.jump();
    long wanted = registers.programCounter();
    if (jump != null && wanted != probe.addressValue()) {
      jump.buffer().relocatedOf(wanted).ifPresent(registers::setProgramCounter);
    }
  }

  @Override
  public Resume gate(Registers registers) {
    boolean outer = inHit;
    inHit = true;
    try {
      for (int i = 0; i < frames.length; i++) {
        if (architectures[i].registers() == registers.file() && gate(i, registers)) {
          break;
        }
      }
      return Resume.CONTINUE;
    } finally {
      endHit(outer);
    }
  }

  /** Whether it was a buffer, or the trampoline, of that architecture. */
  private boolean gate(int index, Registers registers) {
    GateFrame frame = frames[index];
    long address = frame.probedAddress(registers);
    Aggregate probe = table.find(address);
    if (probe != null && probe.architecture() == architectures[index]) {
      throughGate(probe, frame, registers);
      return true;
    }
    Trampoline trampoline = trampolines.at(address);
    if (trampoline != null && trampoline.architecture() == architectures[index]) {
      frame.attach(registers);
      returned(trampoline, frame);
      loadAll(frame, registers);
      return true;
    }
    return false;
  }

  private void throughGate(Aggregate probe, GateFrame frame, Registers registers) {
    if (busy) {
      miss(probe);
      return;
    }
    frame.attach(registers);
    long stack = frame.stackPointer();
    PreparedDetour detour = probe.detour();
    if (runPre(probe, frame) == HandlerOutcome.SKIP) {
      loadAll(frame, registers);
      leaveWindow(probe, registers);
    } else if (frame.stackPointer() != stack && detour != null) {
      // The buffer restores from its own stack; go on behind that with what the handler left.
      loadAll(frame, registers);
      registers.setProgramCounter(detour.buffer().entry());
    }
  }

  private static void loadAll(GateFrame frame, Registers registers) {
    for (int i = 0; i < frame.file().size(); i++) {
      registers.set(i, frame.get(i));
    }
  }

  private HandlerOutcome runPre(Aggregate probe, Registers registers) {
    if (busy) {
      miss(probe);
      return HandlerOutcome.CONTINUE;
    }
    busy = true;
    try {
      for (Member member : probe.members()) {
        if (member.isActive()) {
          events.hit(probe, member);
          if (member.runPre(this, registers) == HandlerOutcome.SKIP) {
            return HandlerOutcome.SKIP;
          }
          // The next handler is to see what the first one saw.
          registers.setProgramCounter(probe.addressValue());
        }
      }
      return HandlerOutcome.CONTINUE;
    } finally {
      busy = false;
    }
  }

  private void runPost(Aggregate probe, Registers registers) {
    if (busy) {
      return;
    }
    busy = true;
    try {
      for (Member member : probe.members()) {
        if (member.isActive()) {
          member.runPost(registers);
        }
      }
    } finally {
      busy = false;
    }
  }

  private FaultOutcome runFault(Aggregate probe, Registers registers) {
    if (busy) {
      return FaultOutcome.DELIVER;
    }
    busy = true;
    try {
      for (Member member : probe.members()) {
        if (member.isActive() && member.runFault(registers) == FaultOutcome.HANDLED) {
          return FaultOutcome.HANDLED;
        }
        registers.setProgramCounter(probe.addressValue());
      }
      return FaultOutcome.DELIVER;
    } finally {
      busy = false;
    }
  }

  private static void miss(Aggregate probe) {
    for (Member member : probe.members()) {
      if (member.isActive()) {
        member.miss();
      }
    }
  }

  /** A tracked call has come to the trampoline: its handlers, and on to where it returns to. */
  private void returned(Trampoline trampoline, Registers registers) {
    Instance<?> first = returns.returned(registers);
    long returnsTo = first.returnAddress();
    boolean nested = busy;
    busy = true;
    try {
      for (Instance<?> each = first; each != null; ) {
        Instance<?> older = each.older();
        trampoline.calls().returnTo(registers, returnsTo);
        runReturn(each, registers, nested);
        each = older;
      }
    } finally {
      busy = nested;
    }
    trampoline.calls().returnTo(registers, returnsTo);
  }

  private static void runReturn(Instance<?> instance, Registers registers, boolean nested) {
    KretprobeMember<?> member = instance.member();
    if (!nested) {
      member.runReturn(instance, registers);
    } else if (member.isActive()) {
      member.miss();
    }
    member.recycle(instance);
  }

  @Override
  public OptionalLong originalReturnAddress(long found, long entryStackPointer) {
    if (!trampolines.isReturnAddress(found)) {
      return OptionalLong.of(found);
    }
    Instance<?> call = returns.trackedAt(entryStackPointer);
    return call == null ? OptionalLong.empty() : OptionalLong.of(call.returnAddress());
  }

  @Override
  public long[] originalReturnAddresses() {
    return returns.returnAddresses();
  }
}
