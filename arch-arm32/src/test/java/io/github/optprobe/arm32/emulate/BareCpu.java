package io.github.optprobe.arm32.emulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.LongByReference;
import io.github.optprobe.arm32.registers.ArmRegisters;
import io.github.optprobe.arm32.registers.ProgramStatus;

/**
 * The emulator Unicorn with nothing around it: executes one instruction of A32 or T32. The mode of
 * the CPU is that of the program status register.
 */
final class BareCpu implements AutoCloseable {
  /** How a run ended. */
  enum End {
    /** Done; the program counter is where it goes on, be it executable or not. */
    DONE,
    /** A load or store was refused. */
    FAULT,
    /** The emulator does not know the instruction. */
    UNKNOWN_INSTRUCTION
  }

  private static final int ARM = 1;

  /**
   * Unicorn's numbers, in the order of the register file but for cpsr, which is to be set first.
   */
  private static final int[] IDS = {
    3, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 12, 10, 11
  };

  private static final int CTL_WRITE_2_REMOVE_CACHE = 9 | (2 << 26) | (1 << 30);
  private static final long NEVER = 0xFFFF_FFF0L;

  private final NativeLibrary library;
  private final long handle;
  private final Memory ids = new Memory((long) IDS.length * Integer.BYTES);
  private final Memory values = new Memory((long) IDS.length * Long.BYTES);
  private final Memory pointers = new Memory((long) IDS.length * Native.POINTER_SIZE);

  BareCpu() {
    library = load();
    LongByReference out = new LongByReference();
    check(call("uc_open", ARM, 0, out));
    handle = out.getValue();
    ids.write(0, IDS, 0, IDS.length);
    for (int i = 0; i < IDS.length; i++) {
      pointers.setPointer((long) i * Native.POINTER_SIZE, values.share((long) i * Long.BYTES));
    }
  }

  private static NativeLibrary load() {
    String given = System.getProperty("optprobe.unicorn.library", "libunicorn.so.2");
    try {
      return NativeLibrary.getInstance(given);
    } catch (UnsatisfiedLinkError missing) {
      return abort("needs libunicorn 2: " + missing.getMessage());
    }
  }

  /** Maps memory. */
  void map(Arena arena) {
    long bytes = arena.bytes();
    check(call("uc_mem_map_ptr", handle, arena.start(), bytes, arena.protection(), arena.memory()));
  }

  /** Forgets what was translated from code that has changed since. */
  void forget(Arena arena) {
    long end = arena.start() + arena.bytes();
    check(call("uc_ctl", handle, CTL_WRITE_2_REMOVE_CACHE, arena.start(), end));
  }

  /** Executes the instruction at the program counter. */
  End run(PlainRegisters registers) {
    values.clear();
    for (int i = 0; i < IDS.length; i++) {
      values.setInt((long) i * Long.BYTES, (int) registers.get(numberAt(i)));
    }
    check(call("uc_reg_write_batch", handle, ids, pointers, IDS.length));
    long begin = registers.programCounter();
    long marked = ProgramStatus.marked(begin, ProgramStatus.set(registers));
    int error = call("uc_emu_start", handle, marked, NEVER, 0L, 1L);
    check(call("uc_reg_read_batch", handle, ids, pointers, IDS.length));
    for (int i = 0; i < IDS.length; i++) {
      registers.set(numberAt(i), values.getInt((long) i * Long.BYTES));
    }
    return endOf(error, registers.programCounter() == begin);
  }

  private static int numberAt(int place) {
    return place == 0 ? ArmRegisters.CPSR : place - 1;
  }

  /** The numbers are those of {@code uc_err}. */
  private static End endOf(int error, boolean isAtBegin) {
    return switch (error) {
      case 0, 8, 14 -> End.DONE;
      case 6, 7, 12, 13 -> End.FAULT;
      case 10, 21 -> isAtBegin ? End.UNKNOWN_INSTRUCTION : End.DONE;
      default -> throw new AssertionError("uc_err " + error);
    };
  }

  private int call(String function, Object... arguments) {
    return library.getFunction(function).invokeInt(arguments);
  }

  private static void check(int error) {
    assertThat(error).as("uc_err").isZero();
  }

  @Override
  public void close() {
    check(call("uc_close", handle));
  }
}
