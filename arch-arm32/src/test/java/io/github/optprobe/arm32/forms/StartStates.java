package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import java.util.Random;

/**
 * Seeded start states in which a load or store succeeds more often than not: registers that point
 * into memory, and small numbers to be added to them.
 */
final class StartStates {
  private static final int OTHER_FLAGS = 0x080F_0000;

  private final Random random;

  StartStates(long seed) {
    random = new Random(seed);
  }

  /**
   * A state at a subject.
   *
   * @param nzcv the flags, 0 to 15
   */
  State next(Specimen subject, int nzcv) {
    State state = new State();
    for (int i = 0; i < ArmRegisters.SP; i++) {
      state.core[i] = value();
    }
    state.core[ArmRegisters.SP] =
        (int) Space.STACK + Space.ARENA_BYTES / 2 + (random.nextInt(128) - 64) * 8;
    state.core[ArmRegisters.LR] = random.nextBoolean() ? codeAddress() : value();
    state.core[ArmRegisters.PC] = (int) subject.address();
    int thumb = subject.set() == ArmSet.T32 ? ProgramStatus.THUMB : 0;
    state.core[ArmRegisters.CPSR] =
        nzcv << 28 | (random.nextInt() & OTHER_FLAGS) | thumb | State.USER_MODE;
    ProgramStatus.setItState(state, subject.it());
    for (byte[] vector : state.vectors) {
      random.nextBytes(vector);
    }
    state.fpscr = random.nextInt() & 0xF000_0000;
    return state;
  }

  private int value() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> pointer();
      case 4, 5, 6 -> (random.nextInt(0x200) - 0x80) & (random.nextBoolean() ? ~3 : -1);
      case 7 -> codeAddress();
      default -> random.nextInt();
    };
  }

  private int pointer() {
    int unit = random.nextInt(4) == 0 ? 1 : 8;
    return (int) Space.DATA + Space.ARENA_BYTES / 2 + (random.nextInt(256) - 128) * unit;
  }

  /** Away from the subject: what is read from patched text differs. */
  private int codeAddress() {
    return (int) Space.TEXT + random.nextInt(Space.TEXT_BYTES / 16) * 4 + random.nextInt(2);
  }
}
