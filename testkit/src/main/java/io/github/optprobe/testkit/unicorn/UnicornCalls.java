package io.github.optprobe.testkit.unicorn;

import com.sun.jna.Callback;

/**
 * The C functions as they are, by direct mapping. All handles and pointers are {@code long}:
 * objects that JNA would convert on each call cost ten times as much as the call.
 *
 * <p>The two variadic functions ({@code uc_ctl}, {@code uc_hook_add}) are declared with the
 * arguments that we pass, all of them integers, which the System V conventions of Linux on x86-64
 * and AArch64 pass as they pass those of other functions.
 */
final class UnicornCalls {
  private UnicornCalls() {}

  static native int uc_version(long major, long minor);

  static native long uc_strerror(int error);

  static native int uc_open(int arch, int mode, long handleOut);

  static native int uc_close(long uc);

  static native int uc_mem_map_ptr(long uc, long address, long size, int protection, long host);

  static native int uc_mem_unmap(long uc, long address, long size);

  static native int uc_mem_protect(long uc, long address, long size, int protection);

  static native int uc_mem_write(long uc, long address, long from, long size);

  static native int uc_reg_read(long uc, int register, long into);

  static native int uc_reg_write(long uc, int register, long from);

  static native int uc_reg_read_batch(long uc, long ids, long pointers, int count);

  static native int uc_reg_write_batch(long uc, long ids, long pointers, int count);

  static native int uc_emu_start(long uc, long begin, long until, long micros, long count);

  static native int uc_emu_stop(long uc);

  static native int uc_hook_add(
      long uc,
      long hookOut,
      int type,
      Callback callback,
      long user,
      long begin,
      long end,
      int instruction);

  /** The same with a native function as the callback. */
  static native int uc_hook_add(
      long uc,
      long hookOut,
      int type,
      long function,
      long user,
      long begin,
      long end,
      int instruction);

  static native int uc_hook_del(long uc, long hook);

  static native int uc_ctl(long uc, int control, long first, long second);

  static native int uc_context_alloc(long uc, long contextOut);

  static native int uc_context_save(long uc, long context);

  static native int uc_context_restore(long uc, long context);

  static native int uc_context_free(long context);

  /** An interrupt or exception of the CPU. */
  interface InterruptHook extends Callback {
    void invoke(long uc, int number, long user);
  }

  /** One of the instructions for which Unicorn has a hook of their own. */
  interface InstructionHook extends Callback {
    void invoke(long uc, long user);
  }

  /** An instruction about to be executed. */
  interface CodeHook extends Callback {
    void invoke(long uc, long address, int size, long user);
  }

  /** A load or store. */
  interface AccessHook extends Callback {
    void invoke(long uc, int kind, long address, int size, long value, long user);
  }

  /** An access to memory that is not mapped, or not permitted. Answers 0: give up. */
  interface BadAccessHook extends Callback {
    byte invoke(long uc, int kind, long address, int size, long value, long user);
  }
}
