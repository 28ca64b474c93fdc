package io.github.optprobe.x86.emulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.github.optprobe.x86.decode.MachineMode;

/**
 * The emulator Unicorn with nothing around it, in either mode: runs an instruction until it meets a
 * breakpoint (no hook is set, so that it stops there) or faults. It runs at the highest privilege.
 */
final class BareCpu implements AutoCloseable {
  /** How a run ended. */
  enum End {
    /** At a breakpoint; the program counter is its address. */
    BREAKPOINT,
    /** Where nothing can be executed. */
    NOT_EXECUTABLE,
    /** A load or store was refused. */
    FAULT,
    /** The emulator does not know the instruction. */
    UNKNOWN_INSTRUCTION
  }

  private static final int X86 = 4;
  private static final int[] IDS_64 = {
    35, 38, 40, 37, 44, 36, 43, 39, 106, 107, 108, 109, 110, 111, 112, 113, 41, 25
  };
  private static final int[] IDS_32 = {19, 22, 24, 21, 30, 20, 29, 23, 26, 25};

  /** Where nothing ever jumps to. */
  private static final long NEVER = 0x0BAD_0BAD_0000L;

  private final NativeLibrary library;
  private final long handle;
  private final MachineMode mode;
  private final Memory ids;
  private final Memory values;
  private final Memory pointers;
  private final int count;

  BareCpu(MachineMode mode) {
    this.mode = mode;
    library = load();
    LongByReference out = new LongByReference();
    check(call("uc_open", X86, mode == MachineMode.BITS_64 ? 8 : 4, out));
    handle = out.getValue();
    int[] numbers = mode == MachineMode.BITS_64 ? IDS_64 : IDS_32;
    count = numbers.length;
    ids = new Memory((long) count * Integer.BYTES);
    ids.write(0, numbers, 0, count);
    values = new Memory((long) count * Long.BYTES);
    pointers = new Memory((long) count * Native.POINTER_SIZE);
    for (int i = 0; i < count; i++) {
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
    Pointer memory = arena.memory();
    check(
        call(
            "uc_mem_map_ptr",
            handle,
            arena.start(),
            (long) arena.bytes(),
            arena.protection(),
            memory));
  }

  /** Runs from the program counter. */
  End run(PlainRegisters registers) {
    values.write(0, registers.values(), 0, count);
    check(call("uc_reg_write_batch", handle, ids, pointers, count));
    int error = call("uc_emu_start", handle, registers.programCounter(), NEVER, 0L, 0L);
    values.clear();
    check(call("uc_reg_read_batch", handle, ids, pointers, count));
    long[] after = values.getLongArray(0, count);
    for (int i = 0; i < count; i++) {
      registers.set(i, after[i]);
    }
    return endOf(error, registers);
  }

  /** The numbers are those of {@code uc_err}. */
  private End endOf(int error, PlainRegisters registers) {
    switch (error) {
      case 21 -> {
        registers.setProgramCounter((registers.programCounter() - 1) & mode.addressMask());
        return End.BREAKPOINT;
      }
      case 8, 14 -> {
        return End.NOT_EXECUTABLE;
      }
      case 6, 7, 12, 13 -> {
        return End.FAULT;
      }
      case 10 -> {
        return End.UNKNOWN_INSTRUCTION;
      }
      default -> throw new AssertionError("uc_err " + error);
    }
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
