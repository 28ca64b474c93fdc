package io.github.optprobe.testkit.ptrace;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A process that is traced by the thread that called {@link #seize}: every other method but {@link
 * #signal} must be called by that thread too, and the process must be stopped for all that read or
 * change it.
 */
public final class Tracee {
  /** Size of {@code struct user_regs_struct}, in bytes. */
  public static final int GENERAL_BYTES = 27 * Long.BYTES;

  /** The signal that traps and steps raise. */
  public static final int SIGTRAP = 5;

  /** Set in the signal of a stop at a system call, so that it is no trap's. */
  public static final int SYSTEM_CALL = 0x80;

  /** The signal that nothing survives. */
  public static final int SIGKILL = 9;

  private static final int PTRACE_CONT = 7;
  private static final int PTRACE_SINGLESTEP = 9;
  private static final int PTRACE_GETREGS = 12;
  private static final int PTRACE_SETREGS = 13;
  private static final int PTRACE_SYSEMU = 31;
  private static final int PTRACE_SYSEMU_SINGLESTEP = 32;
  private static final int PTRACE_GETSIGINFO = 0x4202;
  private static final int PTRACE_GETREGSET = 0x4204;
  private static final int PTRACE_SETREGSET = 0x4205;
  private static final int PTRACE_SEIZE = 0x4206;
  private static final int PTRACE_INTERRUPT = 0x4207;
  private static final long PTRACE_O_TRACESYSGOOD = 1;
  private static final long PTRACE_O_EXITKILL = 0x100000;
  private static final int NT_X86_XSTATE = 0x202;
  private static final int WALL = 0x40000000;
  private static final int EINTR = 4;
  private static final int SIGINFO_BYTES = 128;
  private static final int XSTATE_ROOM = 1 << 14;
  private static final int VECTOR_ENTRY = 16;

  private final int pid;
  private final Memory general = new Memory(GENERAL_BYTES);
  private final Memory xstate = new Memory(XSTATE_ROOM);
  private final Memory siginfo = new Memory(SIGINFO_BYTES);
  private final Memory vector = new Memory(VECTOR_ENTRY);
  private final Memory status = new Memory(Integer.BYTES);
  private final ByteBuffer generalBytes = bytesOf(general);
  private final ByteBuffer xstateBytes = bytesOf(xstate);
  private final ByteBuffer siginfoBytes = bytesOf(siginfo);
  private final long generalAt = at(general);
  private final long siginfoAt = at(siginfo);
  private final long vectorAt = at(vector);
  private final long statusAt = at(status);

  private Tracee(int pid) {
    this.pid = pid;
  }

  /**
   * Begins to trace a process, which dies when the calling thread does, and stops it.
   *
   * @throws PtraceException if it is not there, or may not be traced
   */
  public static Tracee seize(int pid) {
    Tracee tracee = new Tracee(pid);
    tracee.request("PTRACE_SEIZE", PTRACE_SEIZE, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    tracee.request("PTRACE_INTERRUPT", PTRACE_INTERRUPT, 0, 0);
    return tracee;
  }

  /** Its process number. */
  public int pid() {
    return pid;
  }

  /** Lets it run, without a signal. */
  public void resume() {
    request("PTRACE_CONT", PTRACE_CONT, 0, 0);
  }

  /** Lets it execute one instruction. */
  public void step() {
    request("PTRACE_SINGLESTEP", PTRACE_SINGLESTEP, 0, 0);
  }

  /** Lets it run, without a signal; system calls stop it and are not executed. */
  public void resumeWithoutSystemCalls() {
    request("PTRACE_SYSEMU", PTRACE_SYSEMU, 0, 0);
  }

  /** Lets it execute one instruction; a system call is not executed. */
  public void stepWithoutSystemCalls() {
    request("PTRACE_SYSEMU_SINGLESTEP", PTRACE_SYSEMU_SINGLESTEP, 0, 0);
  }

  /**
   * Waits until it has stopped or is gone.
   *
   * @return the status word of {@code waitpid}
   */
  public int await() {
    while (PtraceCalls.waitpid(pid, statusAt, WALL) != pid) {
      int errno = Native.getLastError();
      if (errno != EINTR) {
        throw new PtraceException("waitpid", pid, errno);
      }
    }
    return status.getInt(0);
  }

  /** Sends it a signal. Any thread may. */
  public void signal(int number) {
    if (PtraceCalls.kill(pid, number) != 0) {
      throw new PtraceException("kill", pid, Native.getLastError());
    }
  }

  /** Reads the general registers into {@link #general}. */
  public void loadGeneral() {
    request("PTRACE_GETREGS", PTRACE_GETREGS, 0, generalAt);
  }

  /** Writes the general registers from {@link #general}. */
  public void storeGeneral() {
    request("PTRACE_SETREGS", PTRACE_SETREGS, 0, generalAt);
  }

  /** The block of general registers, {@code struct user_regs_struct}, little-endian. */
  public ByteBuffer general() {
    return generalBytes;
  }

  /**
   * Reads floating-point and vector registers into {@link #xstate}.
   *
   * @return how many bytes of it are used
   */
  public int loadXstate() {
    aim(XSTATE_ROOM);
    request("PTRACE_GETREGSET", PTRACE_GETREGSET, NT_X86_XSTATE, vectorAt);
    return (int) vector.getLong(Long.BYTES);
  }

  /**
   * Writes floating-point and vector registers from {@link #xstate}.
   *
   * @param bytes what {@link #loadXstate} returned
   */
  public void storeXstate(int bytes) {
    aim(bytes);
    request("PTRACE_SETREGSET", PTRACE_SETREGSET, NT_X86_XSTATE, vectorAt);
  }

  /** The XSAVE area, standard format, little-endian. */
  public ByteBuffer xstate() {
    return xstateBytes;
  }

  /**
   * Reads what is known of the signal that it stopped for: {@code si_signo} at 0, {@code si_code}
   * at 8, {@code si_addr} at 16. The buffer is the same each time.
   */
  public ByteBuffer signalInformation() {
    request("PTRACE_GETSIGINFO", PTRACE_GETSIGINFO, 0, siginfoAt);
    return siginfoBytes;
  }

  private void aim(int bytes) {
    vector.setLong(0, at(xstate));
    vector.setLong(Long.BYTES, bytes);
  }

  private void request(String name, int request, long address, long data) {
    if (PtraceCalls.ptrace(request, pid, address, data) != 0) {
      throw new PtraceException(name, pid, Native.getLastError());
    }
  }

  private static ByteBuffer bytesOf(Memory memory) {
    return memory.getByteBuffer(0, memory.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long at(Memory memory) {
    return Pointer.nativeValue(memory);
  }
}
