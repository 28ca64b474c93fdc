package io.github.optprobe.testkit.unicorn;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One instance of Unicorn. Guest memory is our own direct buffers, so that reading and writing it
 * takes no native call; the arguments of native calls go through one reused buffer, so that no call
 * allocates.
 *
 * <p>Not thread-safe, except {@link #stop}, which any thread may call while the engine is open.
 */
public final class Engine implements AutoCloseable {
  /** Unicorn's page size. */
  public static final int PAGE_BYTES = 4096;

  private static final int OUT_OFFSET = 0;
  private static final int VALUE_OFFSET = 16;
  private static final int SCRATCH_BYTES = 4096;
  private static final int CTL_WRITE_2_REMOVE_CACHE = 9 | (2 << 26) | (1 << 30);

  private final ByteBuffer scratch = directBuffer(SCRATCH_BYTES);
  private final long scratchAddress = addressOf(scratch);
  private final HookSet hooks;
  private long handle;

  /**
   * Opens an instance.
   *
   * @param profile which CPU
   * @throws UnavailableLibraryException if libunicorn can not be used
   */
  public Engine(ExecutorProfile profile) {
    UnicornLibrary.require();
    check("uc_open", UnicornCalls.uc_open(profile.arch(), profile.mode(), out()));
    handle = scratch.getLong(OUT_OFFSET);
    hooks = new HookSet(profile, handle, scratch, out());
    profile.startValues().forEach(this::setRegister);
  }

  /** Page-aligned, zeroed memory that {@link #map} takes. Freed when nobody refers to it. */
  public static ByteBuffer directBuffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes + PAGE_BYTES)
        .alignedSlice(PAGE_BYTES)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Maps memory. The buffer must stay reachable until it is unmapped or the engine is closed.
   *
   * @param protection 1 read, 2 write, 4 execute, added up
   */
  public void map(long address, ByteBuffer memory, int protection) {
    check(
        "uc_mem_map_ptr",
        UnicornCalls.uc_mem_map_ptr(
            handle, address, memory.capacity(), protection, addressOf(memory)));
  }

  /** Removes a mapping. */
  public void unmap(long address, long bytes) {
    check("uc_mem_unmap", UnicornCalls.uc_mem_unmap(handle, address, bytes));
  }

  /** Changes what the guest may do; see {@link #map}. */
  public void protect(long address, long bytes, int protection) {
    check("uc_mem_protect", UnicornCalls.uc_mem_protect(handle, address, bytes, protection));
  }

  /** Forgets what was translated from {@code bytes} bytes at {@code address}. */
  public void forgetTranslations(long address, long bytes) {
    check(
        "uc_ctl", UnicornCalls.uc_ctl(handle, CTL_WRITE_2_REMOVE_CACHE, address, address + bytes));
  }

  /** Reads a register of at most 64 bits. */
  public long register(int id) {
    scratch.putLong(VALUE_OFFSET, 0);
    check("uc_reg_read", UnicornCalls.uc_reg_read(handle, id, scratchAddress + VALUE_OFFSET));
    return scratch.getLong(VALUE_OFFSET);
  }

  /** Writes a register of at most 64 bits. */
  public void setRegister(int id, long value) {
    scratch.putLong(VALUE_OFFSET, value);
    check("uc_reg_write", UnicornCalls.uc_reg_write(handle, id, scratchAddress + VALUE_OFFSET));
  }

  /** Reads a register of up to 32 bytes. */
  public void wideRegister(int id, byte[] into) {
    check("uc_reg_read", UnicornCalls.uc_reg_read(handle, id, scratchAddress + VALUE_OFFSET));
    scratch.get(VALUE_OFFSET, into);
  }

  /** Writes a register of up to 32 bytes. */
  public void setWideRegister(int id, byte[] from) {
    scratch.put(VALUE_OFFSET, from);
    check("uc_reg_write", UnicornCalls.uc_reg_write(handle, id, scratchAddress + VALUE_OFFSET));
  }

  /** For {@link RegisterBatch}. */
  void readBatch(long ids, long pointers, int count) {
    check("uc_reg_read_batch", UnicornCalls.uc_reg_read_batch(handle, ids, pointers, count));
  }

  /** For {@link RegisterBatch}. */
  void writeBatch(long ids, long pointers, int count) {
    check("uc_reg_write_batch", UnicornCalls.uc_reg_write_batch(handle, ids, pointers, count));
  }

  /**
   * Runs.
   *
   * @param until an address that is not reached
   * @param instructions how many at most; 0 for no limit, which is much cheaper
   * @return 0, or the {@code uc_err} of what the guest did wrong
   */
  public int run(long begin, long until, long instructions) {
    return UnicornCalls.uc_emu_start(handle, begin, until, 0, instructions);
  }

  /** Makes {@link #run} return soon, if it is running. */
  public void stop() {
    UnicornCalls.uc_emu_stop(handle);
  }

  /** What the guest ran into, noted by hooks during {@link #run}. */
  public HookSet hooks() {
    return hooks;
  }

  /** Allocates room for a {@linkplain #saveContext saved} CPU. */
  public long newContext() {
    check("uc_context_alloc", UnicornCalls.uc_context_alloc(handle, out()));
    return scratch.getLong(OUT_OFFSET);
  }

  /** Saves all registers of the CPU. */
  public void saveContext(long context) {
    check("uc_context_save", UnicornCalls.uc_context_save(handle, context));
  }

  /** Loads all registers of the CPU. */
  public void restoreContext(long context) {
    check("uc_context_restore", UnicornCalls.uc_context_restore(handle, context));
  }

  /** Frees what {@link #newContext} allocated. */
  public void freeContext(long context) {
    check("uc_context_free", UnicornCalls.uc_context_free(context));
  }

  /** Describes a {@code uc_err}. */
  public static String describe(int error) {
    long text = UnicornCalls.uc_strerror(error);
    return text == 0 ? "unknown error " + error : new Pointer(text).getString(0);
  }

  /** Closes the instance; closing it again does nothing. */
  @Override
  public void close() {
    if (handle != 0) {
      UnicornCalls.uc_close(handle);
      handle = 0;
    }
  }

  static void check(String call, int error) {
    if (error != 0) {
      throw new UnicornException(call, error, describe(error));
    }
  }

  private long out() {
    return scratchAddress + OUT_OFFSET;
  }

  static long addressOf(ByteBuffer buffer) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
  }
}
