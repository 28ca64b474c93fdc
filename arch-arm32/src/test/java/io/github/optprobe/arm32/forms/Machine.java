package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import java.util.Timer;
import java.util.TimerTask;

/** The emulated CPU of the bench, with nothing around it. */
final class Machine implements AutoCloseable {
  private static final int Q0 = 50;
  private static final int FPSCR = 6;
  private static final long NOWHERE = 0x9ABC_DEF0L;

  /** N, Z, C, V, Q, GE, IT and T; not the mode, nor what masks interrupts. */
  private static final int MEANT = 0xFE0F_FC20;

  /** The cumulative flags of floating point, and what comparisons set. */
  private static final int FPSCR_MEANT = 0xF800_009F;

  private static final long PLENTY_NANOS = 2_000_000_000L;
  private static final int MOST_HALTS = 3;
  private static final int CHECK_MILLIS = 200;

  private final Space space;
  private final Engine engine;
  private final int[] ids;
  private final Timer timer = new Timer("loops", true);
  private volatile long began;
  private volatile boolean looped;

  Machine(Space space) {
    this.space = space;
    ExecutorProfile profile = ExecutorProfile.of("a32");
    engine = new Engine(profile);
    ids = ArmRegisters.FILE.names().stream().mapToInt(profile::idOf).toArray();
    space.mapInto(engine);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            stopLoop();
          }
        },
        CHECK_MILLIS,
        CHECK_MILLIS);
  }

  private void stopLoop() {
    long since = began;
    if (since != 0 && System.nanoTime() - since > PLENTY_NANOS) {
      looped = true;
      engine.stop();
    }
  }

  /** How a run ended. */
  enum End {
    /** At the address where it was to stop. */
    STOP,
    /** At an undefined instruction. */
    TRAP,
    /** A branch to where nothing can be executed. */
    FETCH,
    /** A load or store of what is not there. */
    DATA,
    /** Not within a time that is plenty: it runs in a circle. */
    LOOP
  }

  /** Code was changed. */
  void forget(long address, int bytes) {
    engine.forgetTranslations(address, bytes);
  }

  /**
   * Runs from a state until something stops it; the state is then where it stopped.
   *
   * @param until an address to stop at
   */
  End run(State state, long until) {
    load(state);
    long begin = ProgramStatus.marked(state.programCounter(), ProgramStatus.set(state));
    int error = runFrom(begin, until);
    for (int halts = 0; halts < MOST_HALTS && isHalted(error, until); halts++) {
      boolean thumb = (engine.register(ids[ArmRegisters.CPSR]) & ProgramStatus.THUMB) != 0;
      long behind = engine.register(ids[ArmRegisters.PC]);
      error = runFrom(thumb ? behind | 1 : behind, until);
    }
    store(state);
    if (looped) {
      return End.LOOP;
    }
    return switch (error) {
      case 0 -> state.programCounter() == until ? End.STOP : End.TRAP;
      case 10 -> End.TRAP;
      case 8, 14 -> End.FETCH;
      case 6, 7, 12, 13 -> End.DATA;
      default -> throw new AssertionError("uc_err %d: %s".formatted(error, Engine.describe(error)));
    };
  }

  private int runFrom(long begin, long until) {
    engine.hooks().clear();
    looped = false;
    began = System.nanoTime();
    int error = engine.run(begin, until, 0);
    began = 0;
    return error;
  }

  /**
   * Whether a hint has stopped the CPU, behind itself, until an interrupt comes: one that says that
   * nothing else traps there. It is gone on as if one had.
   */
  private boolean isHalted(int error, long until) {
    long pc = engine.register(ids[ArmRegisters.PC]);
    boolean quiet = error == 0 && pc != until && engine.hooks().interrupt() < 0 && !looped;
    return quiet || (error == 10 && space.read(pc, new byte[2], 0, 2) == 2 && !traps(pc));
  }

  private boolean traps(long pc) {
    long word = space.load(pc, Integer.BYTES);
    boolean a32 = (word & 0x0FF0_00F0) == 0x07F0_00F0;
    boolean t32 = (word & 0xFF00) == 0xDE00 || (word & 0xF000_FFF0L) == 0xA000_F7F0L;
    boolean thumb = (engine.register(ids[ArmRegisters.CPSR]) & ProgramStatus.THUMB) != 0;
    return thumb ? t32 : a32;
  }

  End run(State state) {
    return run(state, NOWHERE);
  }

  private void load(State state) {
    // The mode's bits stay.
    int kept = (int) engine.register(ids[ArmRegisters.CPSR]) & ~MEANT;
    engine.setRegister(
        ids[ArmRegisters.CPSR], (kept | (state.core[ArmRegisters.CPSR] & MEANT)) & 0xFFFF_FFFFL);
    for (int i = 0; i < ArmRegisters.PC; i++) {
      engine.setRegister(ids[i], state.get(i));
    }
    for (int i = 0; i < State.VECTORS; i++) {
      engine.setWideRegister(Q0 + i, state.vectors[i]);
    }
    engine.setRegister(FPSCR, state.fpscr & 0xFFFF_FFFFL);
  }

  private void store(State state) {
    for (int i = 0; i < ids.length; i++) {
      state.core[i] = (int) engine.register(ids[i]);
    }
    state.core[ArmRegisters.CPSR] &= MEANT | State.USER_MODE;
    for (int i = 0; i < State.VECTORS; i++) {
      engine.wideRegister(Q0 + i, state.vectors[i]);
    }
    state.fpscr = (int) engine.register(FPSCR) & FPSCR_MEANT;
  }

  @Override
  public void close() {
    timer.cancel();
    engine.close();
  }
}
