package io.github.optprobe.internal;

import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.AddressRange;
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

  /** Probes whose copy is being stepped, the innermost last. */
  private final Deque<Aggregate> stepping = new ArrayDeque<>(4);

  /** Whether a handler is running. */
  private boolean busy;

  /** Whether this CPU may have read a probe's state and not yet acted on it. */
  private volatile boolean inHit;

  /** How many traps are in progress, one inside the other, and where the outermost is. */
  private volatile int traps;

  private volatile long outermostTrap;

  CpuState(
      ProbeTable table,
      CodeIndex code,
      TextMemory text,
      DataMemory memory,
      Architecture[] architectures) {
    this.table = table;
    this.code = code;
    this.text = text;
    this.memory = memory;
    this.architectures = architectures.clone();
    this.frames =
        Arrays.stream(architectures)
            .map(architecture -> architecture.newGateFrame(memory))
            .toArray(GateFrame[]::new);
  }

  boolean isInHit() {
    return inHit;
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
    if (outerTraps == 0) {
      outermostTrap = registers.programCounter();
    }
    traps = outerTraps + 1;
    inHit = true;
    try {
      return trap(registers);
    } finally {
      inHit = outer;
      traps = outerTraps;
    }
  }

  private Resume trap(Registers registers) {
    long address = registers.programCounter();
    Aggregate probe = armedAt(address);
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
    PreparedDetour detour = probe.detour();
    boolean jump = probe.isDiverting() || probe.text() == TextState.JUMP;
    if (jump && detour != null) {
      // Half-written, soon to be, or written since this CPU trapped: the buffer runs the handlers
      // and the window, while the copy would lead back into it.
      probe.architecture().detour(detour, registers);
      return Resume.CONTINUE;
    }
    if (runPre(probe, registers) == HandlerOutcome.SKIP) {
      return Resume.CONTINUE;
    }
    return resume(probe, registers);
  }

  private Resume resume(Aggregate probe, Registers registers) {
    Tier tier = probe.trapTier();
    if (tier == Tier.EMULATED) {
      registers.setProgramCounter(probe.addressValue());
      probe.architecture().emulate(probe.prepared(), registers, memory);
      runPost(probe, registers);
      return Resume.CONTINUE;
    }
    probe.architecture().resume(probe.prepared(), registers);
    if (tier == Tier.SINGLE_STEP) {
      stepping.addLast(probe);
      return Resume.STEP;
    }
    return Resume.CONTINUE;
  }

  private boolean isBreakpoint(long address) {
    for (Architecture architecture : architectures) {
      byte[] breakpoint = architecture.breakpoint();
      byte[] there = new byte[breakpoint.length];
      int count = text.read(address, there, 0, there.length);
      if (count == there.length && Arrays.equals(there, breakpoint)) {
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
  public boolean faulted(Registers registers) {
    long programCounter = registers.programCounter();
    Aggregate stepped = stepping.peekLast();
    if (stepped != null && stepped.prepared().copy().covers(programCounter)) {
      stepping.removeLast();
    }
    OptionalLong original = code.originalOf(programCounter);
    original.ifPresent(registers::setProgramCounter);
    return original.isPresent();
  }

  @Override
  public Resume gate(Registers registers) {
    boolean outer = inHit;
    inHit = true;
    try {
      for (int i = 0; i < frames.length; i++) {
        if (architectures[i].registers() == registers.file()) {
          Aggregate probe = table.find(frames[i].probedAddress(registers));
          if (probe != null && probe.architecture() == architectures[i]) {
            throughGate(probe, frames[i], registers);
            break;
          }
        }
      }
      return Resume.CONTINUE;
    } finally {
      inHit = outer;
    }
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
        if (member.isEnabled() && member.runPre(registers) == HandlerOutcome.SKIP) {
          return HandlerOutcome.SKIP;
        }
        // The next handler is to see what the first one saw.
        registers.setProgramCounter(probe.addressValue());
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
        if (member.isEnabled()) {
          member.runPost(registers);
        }
      }
    } finally {
      busy = false;
    }
  }

  private static void miss(Aggregate probe) {
    for (Member member : probe.members()) {
      if (member.isEnabled()) {
        member.miss();
      }
    }
  }
}
