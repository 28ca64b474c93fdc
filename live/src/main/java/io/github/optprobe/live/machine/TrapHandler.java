package io.github.optprobe.live.machine;

/**
 * The handler of the breakpoint's signal: looks the address up, sets the program counter of the
 * interrupted code to where it goes on, and returns. What is not in the table goes to whoever had
 * the signal before. It calls nothing, changes no register that a function has to keep, and uses no
 * stack.
 *
 * <p>Its data, by offset: 0 the address of the {@link TrapTable}'s memory, 8 the earlier handler (0
 * for the default action, 1 for ignoring), 16 a {@code struct kernel_sigaction} for the default
 * action, 24 zero bytes long behind it.
 */
final class TrapHandler {
  /** Where in the data the address of the earlier handler is. */
  static final int EARLIER = 8;

  private static final int DEFAULT_ACTION = 16;
  private static final int RT_SIGACTION = 13;
  private static final int GETPID = 39;
  private static final int GETTID = 186;
  private static final int TGKILL = 234;
  private static final int SIGTRAP = 5;
  private static final int SIGNAL_SET_BYTES = 8;

  private TrapHandler() {}

  /**
   * Writes it.
   *
   * @param data the address of its data
   */
  static byte[] write(long data) {
    Stub out = new Stub();
    // edi = signal, rsi = siginfo_t, rdx = ucontext_t
    out.code(0x49, 0xB9).int64(data); // mov r9, data
    out.code(0x48, 0x8B, 0x8A).int32(SignalFrame.RIP); // mov rcx, [rdx+RIP]
    out.code(0x8B, 0x46, SignalFrame.CODE); // mov eax, [rsi+CODE]
    out.code(0x83, 0xF8, SignalFrame.TRACE); // cmp eax, TRACE
    out.jcc(Stub.EQUAL, "step");
    out.code(0x3D).int32(SignalFrame.BY_KERNEL); // cmp eax, BY_KERNEL
    out.jcc(Stub.EQUAL, "breakpoint");
    out.code(0x83, 0xF8, SignalFrame.BREAKPOINT); // cmp eax, BREAKPOINT
    out.jcc(Stub.NOT_EQUAL, "others");
    out.label("breakpoint");
    out.code(0x48, 0xFF, 0xC9); // dec rcx: int3 reports the address behind it
    out.jmp("find");
    out.label("step");
    out.code(0x48, 0x0F, 0xBA, 0xE9, 63); // bts rcx, 63
    find(out);
    others(out);
    return out.toBytes();
  }

  private static void find(Stub out) {
    out.label("find");
    out.code(0x4D, 0x8B, 0x01); // mov r8, [r9]: the table
    out.code(0x49, 0xBA).int64(TrapTable.HASH); // mov r10, HASH
    out.code(0x4C, 0x0F, 0xAF, 0xD1); // imul r10, rcx
    out.code(0x49, 0xC1, 0xEA, TrapTable.SHIFT); // shr r10, SHIFT
    out.label("next");
    out.code(0x4D, 0x23, 0x10); // and r10, [r8]: the mask
    out.code(0x4D, 0x89, 0xD3); // mov r11, r10
    out.code(0x49, 0xC1, 0xE3, 4); // shl r11, 4: entries of 16 bytes
    out.code(0x4B, 0x8B, 0x44, 0x18, TrapTable.ENTRIES); // mov rax, [r8+r11+ENTRIES]
    out.code(0x49, 0xFF, 0xC2); // inc r10
    out.code(0x48, 0x39, 0xC8); // cmp rax, rcx
    out.jcc(Stub.EQUAL, "found");
    out.code(0x48, 0x85, 0xC0); // test rax, rax
    out.jcc(Stub.NOT_EQUAL, "next");
    out.jmp("others");
    out.label("found");
    out.code(0x4B, 0x8B, 0x44, 0x18, TrapTable.ENTRIES + 8); // mov rax, [r8+r11+ENTRIES+8]
    out.code(0x48, 0x85, 0xC0); // test rax, rax
    out.jcc(Stub.EQUAL, "others");
    out.code(0x48, 0x89, 0x82).int32(SignalFrame.RIP); // mov [rdx+RIP], rax
    out.code(0x48, 0x85, 0xC9); // test rcx, rcx: bit 63 is that of a step
    out.code(0x79, 0x0A); // jns +10
    out.code(0x81, 0xA2).int32(SignalFrame.FLAGS).int32(~0x100); // and dword [rdx+FLAGS], ~TF
    out.code(0xC3); // ret
  }

  private static void others(Stub out) {
    out.label("others");
    out.code(0x49, 0x8B, 0x41, EARLIER); // mov rax, [r9+EARLIER]
    out.code(0x48, 0x83, 0xF8, 0x01); // cmp rax, 1
    out.jcc(Stub.EQUAL, "ignored");
    out.jcc(Stub.BELOW, "default");
    out.code(0xFF, 0xE0); // jmp rax: its arguments are where ours were
    out.label("ignored");
    // A signal that somebody sent is ignored; one that an instruction caused can not be.
    out.code(0x83, 0x7E, SignalFrame.CODE, 0x00); // cmp dword [rsi+CODE], 0
    out.code(0x7F, 0x01); // jg +1
    out.code(0xC3); // ret
    out.label("default");
    // As if the handler had not been there: the signal is pending again when this one returns.
    out.code(0xBF).int32(SIGTRAP); // mov edi, SIGTRAP
    out.code(0x49, 0x8D, 0x71, DEFAULT_ACTION); // lea rsi, [r9+DEFAULT_ACTION]
    out.code(0x31, 0xD2); // xor edx, edx
    out.code(0x41, 0xBA).int32(SIGNAL_SET_BYTES); // mov r10d, SIGNAL_SET_BYTES
    out.code(0xB8).int32(RT_SIGACTION).code(0x0F, 0x05); // mov eax, RT_SIGACTION; syscall
    out.code(0xB8).int32(GETTID).code(0x0F, 0x05); // mov eax, GETTID; syscall
    out.code(0x89, 0xC6); // mov esi, eax
    out.code(0xB8).int32(GETPID).code(0x0F, 0x05); // mov eax, GETPID; syscall
    out.code(0x89, 0xC7); // mov edi, eax
    out.code(0xBA).int32(SIGTRAP); // mov edx, SIGTRAP
    out.code(0xB8).int32(TGKILL).code(0x0F, 0x05); // mov eax, TGKILL; syscall
    out.code(0xC3); // ret
  }
}
