package io.github.optprobe.arm32.emulate;

import io.github.optprobe.arm32.forms.Form;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.ItState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/**
 * Seeded start states in which an instruction does something more often than not: registers that
 * point into memory, or close by when added to a pointer. A share of them faults.
 */
final class StartStates {
  /** What surrounds the instruction: farther than literals reach. */
  static final long NEAR = 0x40_0000;

  static final int NEAR_BYTES = 0x5000;

  /** The page within it that the instruction stands in. */
  static final int CODE_OFFSET = 0x2000;

  static final int CODE_BYTES = 0x1000;
  static final long DATA = 0x70_0000;
  static final long CONSTANTS = 0x80_0000;
  static final int DATA_BYTES = 0x1000;

  private static final int USER_MODE = 0x10;

  /** Q, GE, and the bits that mask exceptions. */
  private static final int OTHER_BITS = Flags.Q | Flags.GE | 0x1C0;

  private final Form form;
  private final Random random;

  StartStates(Form form) {
    this.form = form;
    this.random = new Random(form.toString().hashCode());
  }

  /** Where the instruction is to stand: anywhere near the middle of its page. */
  long address() {
    int unit = form.set() == ArmSet.A32 ? 4 : 2;
    return NEAR + CODE_OFFSET + 0x700 + (long) random.nextInt(0x80) * unit;
  }

  /** Words of which many are addresses of code. */
  byte[] memory(int bytes) {
    byte[] content = new byte[bytes];
    ByteBuffer words = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      words.putInt(random.nextInt(3) == 0 ? random.nextInt() : codeAddress());
    }
    return content;
  }

  /**
   * Nothing that can be executed, at any even address, and no two words alike: undefined words of
   * A32, BKPT of T32, which traps whatever the IT block says.
   */
  byte[] code() {
    byte[] content = new byte[CODE_BYTES];
    ByteBuffer halfwords = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    while (halfwords.hasRemaining()) {
      boolean isA32 = form.set() == ArmSet.A32;
      halfwords.putShort(
          (short) (isA32 ? 0xE7F0 | random.nextInt(16) : 0xBE00 | random.nextInt(256)));
    }
    return content;
  }

  /**
   * A state.
   *
   * @param nzcv the four flags, 0 to 15
   */
  PlainRegisters next(int nzcv, long address, ItState it) {
    PlainRegisters registers = new PlainRegisters();
    for (int i = 0; i < ArmRegisters.SP; i++) {
      registers.set(i, value());
    }
    registers.set(ArmRegisters.SP, random.nextInt(8) == 0 ? value() : pointer() & ~3);
    registers.set(ArmRegisters.LR, random.nextInt(3) == 0 ? value() : codeAddress());
    registers.setProgramCounter(address);
    int thumb = form.set() == ArmSet.T32 ? ProgramStatus.THUMB : 0;
    int cpsr = nzcv << 28 | (random.nextInt() & OTHER_BITS) | USER_MODE | thumb;
    ProgramStatus.setCpsr(registers, cpsr);
    ProgramStatus.setItState(registers, it);
    return registers;
  }

  ItState oneOf(List<ItState> states) {
    return states.get(random.nextInt(states.size()));
  }

  private int value() {
    return switch (random.nextInt(15)) {
      case 0, 1, 2, 3 -> pointer();
      case 4, 5, 6, 11, 12 -> random.nextInt(0x800) - 0x400;
      case 13 -> codeAddress();
      case 7 -> random.nextInt();
      case 8 -> (int) CONSTANTS + random.nextInt(DATA_BYTES / 4) * 4;
      case 9 -> edge();
      case 10 -> (int) (DATA - NEAR - CODE_OFFSET) + random.nextInt(0x100) * 4;
      default -> extreme();
    };
  }

  private int pointer() {
    int unit = random.nextInt(4) == 0 ? 1 : 4;
    return (int) DATA + 0x200 + random.nextInt((DATA_BYTES - 0x400) / unit) * unit;
  }

  /** Both sides of the end of memory. */
  private int edge() {
    int end = (int) DATA + (random.nextBoolean() ? 0 : DATA_BYTES);
    return end + (random.nextInt(32) - 16) * 4;
  }

  private int extreme() {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> Integer.MIN_VALUE;
      case 2 -> Integer.MAX_VALUE;
      case 3 -> -1;
      default -> 1;
    };
  }

  /** With its mark. */
  private int codeAddress() {
    int address = 0x50_0000 + random.nextInt(0x10000) * 4;
    return random.nextBoolean() ? address : address + 1 + (random.nextInt(2) << 1);
  }
}
