package io.github.optprobe.live;

import io.github.optprobe.Cpu;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.GateFrame;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.live.machine.ExitFrame;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.emit.DetourTemplate;
import java.lang.ref.WeakReference;
import java.util.function.LongConsumer;

/**
 * One thread of this process as the registry sees it: its {@link Cpu}, and the hits that it is in,
 * one inside the other. Used by that thread, except where said.
 */
final class LiveThread {
  /** The gate's stubs let no more through. */
  private static final int LEVELS = 3;

  private static final long TRAP_FLAG = 0x100;
  private static final int FLAGS = 17;

  private final WeakReference<Thread> thread = new WeakReference<>(Thread.currentThread());
  private final DataBlock exits = DataBlock.allocate(LEVELS * ExitFrame.BYTES);
  private final CurrentMemory memory;
  private final Machinery machinery;
  private final LiveRouter router;
  private final Cpu cpu;
  private final Level[] levels = new Level[LEVELS];
  private int depth;

  /** What belongs to one hit. */
  private static final class Level {
    private final ExitFrame exit;
    private final GateRegisters registers;
    private final GateFrame view;
    private long frame;

    Level(ExitFrame exit, RegisterFile file, GateFrame view) {
      this.exit = exit;
      this.registers = new GateRegisters(file, exit);
      this.view = view;
    }
  }

  /** Creates one for the calling thread. */
  LiveThread(LiveCpus cpus) {
    machinery = cpus.machinery();
    router = cpus.router();
    memory = new CurrentMemory(cpus.memory(), machinery);
    X86_64 architecture = cpus.architecture();
    cpu = cpus.kprobes().newCpu(memory);
    for (int i = 0; i < LEVELS; i++) {
      ExitFrame exit = new ExitFrame(exits, i * ExitFrame.BYTES);
      levels[i] = new Level(exit, architecture.registers(), architecture.newGateFrame(memory));
    }
  }

  /** See {@link GateFunction#hit}. */
  long hit(long address, long frame, long kind) {
    if (depth == LEVELS) {
      return 0;
    }
    Level level = levels[depth++];
    long outer = memory.frame();
    memory.setFrame(frame);
    level.frame = frame;
    try {
      level.registers.arrive(address, frame);
      return kind == 0 ? jump(level, address) : trap(level, kind);
    } finally {
      depth--;
      memory.setFrame(outer);
    }
  }

  private long jump(Level level, long address) {
    if (address == machinery.trampoline()) {
      return returned(level);
    }
    cpu.gate(level.registers);
    return level.registers.isLeaving() ? level.exit.address() : 0;
  }

  private long returned(Level level) {
    long place = level.frame + DetourTemplate.STACK_OFFSET - Long.BYTES;
    try {
      cpu.gate(level.registers);
    } catch (IllegalStateException lost) {
      // Entered on another thread of Java than it returns on: its handlers can not run.
      long returnsTo = machinery.returns().get(place);
      if (returnsTo == 0) {
        throw lost;
      }
      level.view.attach(level.registers);
      level.view.setProgramCounter(returnsTo);
      leave(level, 0);
    }
    machinery.returns().remove(place);
    return level.exit.address();
  }

  private long trap(Level level, long kind) {
    GateFrame view = level.view;
    view.attach(level.registers);
    long address = view.programCounter();
    Resume resume = kind == 1 ? cpu.breakpoint(view) : cpu.stepped(view);
    if (resume == Resume.STEP) {
      router.prepareSteps(view.programCounter());
      return leave(level, TRAP_FLAG);
    }
    if (resume == Resume.NOT_OURS) {
      // Somebody else's: met again, and not in the table any more.
      router.disown(address);
    }
    return leave(level, 0);
  }

  private static long leave(Level level, long moreFlags) {
    GateFrame view = level.view;
    for (int i = 0; i < view.file().size(); i++) {
      level.exit.set(i, view.get(i));
    }
    if (moreFlags != 0) {
      level.exit.set(FLAGS, view.get(FLAGS) | moreFlags);
    }
    return level.exit.address();
  }

  /** Tells where this thread is about to go on. Called by any thread. */
  void destinations(LongConsumer seen) {
    for (Level level : levels) {
      long destination = level.exit.destination();
      if (destination != 0) {
        seen.accept(destination);
      }
    }
  }

  /** Tells where the hits that this thread is in will return to. */
  void standing(LongConsumer seen) {
    for (int i = 0; i < depth; i++) {
      // saveAndCall aligns the stack to 16 bytes and calls.
      seen.accept(memory.load((levels[i].frame & -16) - Long.BYTES, Long.BYTES));
    }
  }

  /** Whether the thread is no more; what belongs to it is given back then. Called by any thread. */
  boolean isOver() {
    Thread mine = thread.get();
    if (mine != null && mine.isAlive()) {
      return false;
    }
    cpu.leave();
    exits.free();
    return true;
  }
}
