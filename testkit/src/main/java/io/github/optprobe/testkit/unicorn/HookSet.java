package io.github.optprobe.testkit.unicorn;

import com.sun.jna.Callback;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the guest ran into during a run. Hooks only note it and stop the run, so that everything
 * that answers it happens between runs, where patched text is noticed and another run may be
 * started.
 *
 * <p>Holds the callbacks strongly: one that is collected while Unicorn knows it kills the process.
 * Not thread-safe.
 */
public final class HookSet {
  /** No interrupt was noted. */
  public static final int NO_INTERRUPT = -1;

  private static final int TYPE_INTERRUPT = 1;
  private static final int TYPE_INSTRUCTION = 1 << 1;
  private static final int TYPE_CODE = 1 << 2;

  /** Unmapped and forbidden reads, writes and fetches. */
  private static final int TYPE_BAD_ACCESS = 0x3f << 4;

  /** Reads and writes of mapped memory. */
  private static final int TYPE_ACCESS = 3 << 10;

  /** Reads of mapped memory. */
  private static final int TYPE_LOAD = 1 << 10;

  /** The last byte of the address space, which no page-sized mapping can hold. */
  private static final long NOWHERE = -1L;

  private final long handle;
  private final ByteBuffer scratch;
  private final long out;
  private final UnicornCalls.InterruptHook interruptHook = this::onInterrupt;
  private final UnicornCalls.BadAccessHook badAccessHook = this::onBadAccess;
  private final UnicornCalls.AccessHook accessHook = (uc, kind, address, size, value, user) -> {};
  private final UnicornCalls.InstructionHook systemCallHook = this::onSystemCall;
  private UnicornCalls.@Nullable CodeHook codeHook;
  private long codeHookHandle;
  private UnicornCalls.@Nullable AccessHook loadHook;
  private long loadHookHandle;

  private int interrupt = NO_INTERRUPT;
  private boolean systemCall;
  private boolean badAccess;
  private long badAddress;

  HookSet(ExecutorProfile profile, long handle, ByteBuffer scratch, long out) {
    this.handle = handle;
    this.scratch = scratch;
    this.out = out;
    add(TYPE_INTERRUPT, interruptHook, 0);
    add(TYPE_BAD_ACCESS, badAccessHook, 0);
    switch (profile.upkeep()) {
      case BEFORE_ACCESSES -> noteProgramCounterAtAccesses();
      case BEFORE_INSTRUCTIONS -> noteProgramCounterAtInstructions();
    }
    for (int instruction : profile.systemCalls()) {
      add(TYPE_INSTRUCTION, systemCallHook, instruction);
    }
  }

  /** Forgets what was noted. Called before each run. */
  public void clear() {
    interrupt = NO_INTERRUPT;
    systemCall = false;
    badAccess = false;
  }

  /** The number of the interrupt that ended the run, or {@link #NO_INTERRUPT}. */
  public int interrupt() {
    return interrupt;
  }

  /** Whether a system call ended the run. Without a hook Unicorn runs on as if it were a no-op. */
  public boolean systemCall() {
    return systemCall;
  }

  /** Whether a bad access ended the run. */
  public boolean badAccess() {
    return badAccess;
  }

  /** Where the bad access went. */
  public long badAddress() {
    return badAddress;
  }

  /**
   * Reports each instruction's address before it is executed, until {@link #stopTracing}. Code that
   * was translated before is not reported: forget it first.
   */
  public void startTracing(LongConsumer trace) {
    UnicornCalls.CodeHook hook = (uc, address, size, user) -> trace.accept(address);
    codeHook = hook;
    codeHookHandle = add(TYPE_CODE, hook, 0);
  }

  /** Stops reporting instructions. */
  public void stopTracing() {
    if (codeHook != null) {
      Engine.check("uc_hook_del", UnicornCalls.uc_hook_del(handle, codeHookHandle));
      codeHook = null;
    }
  }

  /**
   * Reports what each load reads, until {@link #stopNotingLoads}. Code that was translated before
   * is not reported: forget it first.
   */
  public void startNotingLoads(LoadListener listener) {
    UnicornCalls.AccessHook hook =
        (uc, kind, address, size, value, user) -> listener.loads(address, size);
    loadHook = hook;
    loadHookHandle = add(TYPE_LOAD, hook, 0);
  }

  /** Stops reporting loads. */
  public void stopNotingLoads() {
    if (loadHook != null) {
      Engine.check("uc_hook_del", UnicornCalls.uc_hook_del(handle, loadHookHandle));
      loadHook = null;
    }
  }

  /** Is told of loads. */
  @FunctionalInterface
  public interface LoadListener {
    /** So many bytes at an address are loaded. */
    void loads(long address, int bytes);
  }

  /**
   * Where there is a hook on loads or stores, whatever its range, Unicorn keeps the program counter
   * up to date before each. This one is for an address at which nothing can be mapped.
   */
  private void noteProgramCounterAtAccesses() {
    Engine.check(
        "uc_hook_add",
        UnicornCalls.uc_hook_add(handle, out, TYPE_ACCESS, accessHook, 0, NOWHERE, NOWHERE, 0));
  }

  /**
   * Where there is a hook on instructions, Unicorn keeps the program counter up to date before each
   * of them. This one is native, so it costs nanoseconds, and does nothing.
   */
  private void noteProgramCounterAtInstructions() {
    Engine.check(
        "uc_hook_add",
        UnicornCalls.uc_hook_add(
            handle, out, TYPE_CODE, UnicornLibrary.harmlessFunction(), 0, 1, 0, 0));
  }

  /** With begin above end, a hook is for every address. */
  private long add(int type, Callback callback, int instruction) {
    Engine.check(
        "uc_hook_add", UnicornCalls.uc_hook_add(handle, out, type, callback, 0, 1, 0, instruction));
    return scratch.getLong(0);
  }

  private void onInterrupt(long uc, int number, long user) {
    interrupt = number;
    UnicornCalls.uc_emu_stop(uc);
  }

  private void onSystemCall(long uc, long user) {
    systemCall = true;
    UnicornCalls.uc_emu_stop(uc);
  }

  private byte onBadAccess(long uc, int kind, long address, int size, long value, long user) {
    badAccess = true;
    badAddress = address;
    return 0;
  }
}
