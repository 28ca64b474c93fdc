package io.github.optprobe.live.machine;

/**
 * The handler of the signal that asks a thread where it stands: it notes the program counter and
 * the stack pointer of the interrupted code, and words of the stack that are addresses in one of
 * some ranges. In memory of ours it notes those that are no multiple of a slot's alignment: calls
 * return there, and none to a multiple of it. Of others, and of those in text, it notes those only
 * that stand where a signal's frame has the program counter that it interrupted: nothing else leads
 * into the middle of a window, and whoever has to do with a probe has its addresses on the stack.
 * It uses no stack of its own and changes no register that a function has to keep.
 *
 * <p>The signal's value is the address of the {@link Sample} to fill. Its data, by offset: {@link
 * #SAMPLES}… the memory that samples lie in, {@link #RANGES}… what is looked for, {@link #STACKS}…
 * the mappings that a stack may be in.
 */
final class PositionHandler {
  /** Where in the data the first sample's address is. */
  static final int SAMPLES = 0;

  /** The size of the memory of all samples in bytes. */
  static final int SAMPLES_BYTES = 8;

  /** The lowest address of all ranges. */
  static final int LOWEST = 16;

  /** How many bytes from there to the end of the highest range. */
  static final int SPAN = 24;

  /** The address of the ranges: pairs of first address and length in bytes, one at least. */
  static final int RANGES = 32;

  /** The address behind them. */
  static final int RANGES_END = 40;

  /** The address of the mappings: pairs of first address and end. */
  static final int STACKS = 48;

  /** How many mappings there are. */
  static final int STACK_COUNT = 56;

  /** The address of the first range that is text and no memory of ours. */
  static final int TEXTS = 64;

  /** Slots, of which Java has the addresses on its stacks, begin at multiples of it. */
  static final int SLOT_ALIGNMENT = 16;

  /** Where handlers of signals return to: the lowest word of a signal's frame. */
  static final int SIGNAL_RETURN = 72;

  /** How far the interrupted program counter is above that word, in bytes. */
  static final int COUNTER_IN_FRAME = Long.BYTES + SignalFrame.RIP;

  private PositionHandler() {}

  /**
   * Writes it.
   *
   * @param data the address of its data
   */
  static byte[] write(long data) {
    Stub out = new Stub();
    // edi = signal, rsi = siginfo_t, rdx = ucontext_t
    out.code(0x83, 0x7E, SignalFrame.CODE, SignalFrame.QUEUED); // cmp dword [rsi+CODE], QUEUED
    out.jcc(Stub.NOT_EQUAL, "return");
    out.code(0x49, 0xB9).int64(data); // mov r9, data
    out.code(0x4C, 0x8B, 0x46, SignalFrame.VALUE); // mov r8, [rsi+VALUE]: the sample
    out.code(0x4C, 0x89, 0xC0); // mov rax, r8
    out.code(0x49, 0x2B, 0x41, SAMPLES); // sub rax, [r9+SAMPLES]
    out.code(0x49, 0x3B, 0x41, SAMPLES_BYTES); // cmp rax, [r9+SAMPLES_BYTES]
    out.jcc(Stub.ABOVE_OR_EQUAL, "return");
    out.code(0x48, 0x8B, 0x82).int32(SignalFrame.RIP); // mov rax, [rdx+RIP]
    out.code(0x49, 0x89, 0x40, Sample.PROGRAM_COUNTER); // mov [r8+PROGRAM_COUNTER], rax
    out.code(0x48, 0x8B, 0x8A).int32(SignalFrame.RSP); // mov rcx, [rdx+RSP]
    out.code(0x49, 0x89, 0x48, Sample.STACK_POINTER); // mov [r8+STACK_POINTER], rcx
    findStackEnd(out);
    scan(out);
    out.label("unknown");
    out.code(0x49, 0xC7, 0x40, Sample.COUNT).int32(-1); // mov qword [r8+COUNT], -1
    out.label("publish");
    out.code(0x49, 0xC7, 0x40, Sample.STATE).int32((int) Sample.DONE); // mov qword [r8+STATE], DONE
    out.label("return");
    out.code(0xC3); // ret
    return out.toBytes();
  }

  /** Leaves it in r11: of a thread's stack the thread's own control block, else the mapping's. */
  private static void findStackEnd(Stub out) {
    out.code(0x49, 0x8B, 0x41, STACKS); // mov rax, [r9+STACKS]
    out.code(0x4D, 0x8B, 0x51, STACK_COUNT); // mov r10, [r9+STACK_COUNT]
    out.label("mapping");
    out.code(0x49, 0xFF, 0xCA); // dec r10
    out.jcc(Stub.SIGN, "unknown");
    out.code(0x4C, 0x8B, 0x58, 0x08); // mov r11, [rax+8]
    out.code(0x48, 0x8B, 0x10); // mov rdx, [rax]
    out.code(0x48, 0x83, 0xC0, 0x10); // add rax, 16
    out.code(0x48, 0x39, 0xD1); // cmp rcx, rdx
    out.jcc(Stub.BELOW, "mapping");
    out.code(0x4C, 0x39, 0xD9); // cmp rcx, r11
    out.jcc(Stub.ABOVE_OR_EQUAL, "mapping");
    out.code(0x64, 0x48, 0x8B, 0x04, 0x25).int32(0); // mov rax, fs:[0]
    out.code(0x48, 0x39, 0xC8); // cmp rax, rcx
    out.jcc(Stub.BELOW_OR_EQUAL, "stack");
    out.code(0x4C, 0x39, 0xD8); // cmp rax, r11
    out.jcc(Stub.ABOVE_OR_EQUAL, "stack");
    out.code(0x49, 0x89, 0xC3); // mov r11, rax
    out.label("stack");
  }

  private static void scan(Stub out) {
    out.code(0x48, 0x83, 0xE1, -8); // and rcx, -8
    out.code(0x49, 0x8D, 0x78, Sample.WORDS); // lea rdi, [r8+WORDS]
    out.code(0x41, 0xBA).int32(Sample.MOST_WORDS); // mov r10d, MOST_WORDS
    out.label("word");
    out.code(0x4C, 0x39, 0xD9); // cmp rcx, r11
    out.jcc(Stub.ABOVE_OR_EQUAL, "end");
    out.code(0x48, 0x8B, 0x01); // mov rax, [rcx]
    out.code(0x48, 0x83, 0xC1, 0x08); // add rcx, 8
    out.code(0x48, 0x89, 0xC2); // mov rdx, rax
    out.code(0x49, 0x2B, 0x51, LOWEST); // sub rdx, [r9+LOWEST]
    out.code(0x49, 0x3B, 0x51, SPAN); // cmp rdx, [r9+SPAN]
    out.jcc(Stub.ABOVE_OR_EQUAL, "word");
    out.code(0x49, 0x8B, 0x71, RANGES); // mov rsi, [r9+RANGES]
    out.label("range");
    out.code(0x48, 0x89, 0xC2); // mov rdx, rax
    out.code(0x48, 0x2B, 0x16); // sub rdx, [rsi]
    out.code(0x48, 0x3B, 0x56, 0x08); // cmp rdx, [rsi+8]
    out.jcc(Stub.BELOW, "found");
    out.code(0x48, 0x83, 0xC6, 0x10); // add rsi, 16
    out.code(0x49, 0x3B, 0x71, RANGES_END); // cmp rsi, [r9+RANGES_END]
    out.jcc(Stub.BELOW, "range");
    out.jmp("word");
    out.label("found");
    out.code(0x49, 0x3B, 0x71, TEXTS); // cmp rsi, [r9+TEXTS]
    out.jcc(Stub.ABOVE_OR_EQUAL, "frame");
    out.code(0xA8, SLOT_ALIGNMENT - 1); // test al, SLOT_ALIGNMENT-1
    out.jcc(Stub.NOT_EQUAL, "note");
    out.label("frame");
    // rcx is 8 above the word; nothing of a frame is below the stack pointer.
    out.code(0x48, 0x8D, 0x91).int32(-(Long.BYTES + COUNTER_IN_FRAME)); // lea rdx, [rcx-disp32]
    out.code(0x49, 0x3B, 0x50, Sample.STACK_POINTER); // cmp rdx, [r8+STACK_POINTER]
    out.jcc(Stub.BELOW, "word");
    out.code(0x48, 0x8B, 0x12); // mov rdx, [rdx]
    out.code(0x49, 0x3B, 0x51, SIGNAL_RETURN); // cmp rdx, [r9+SIGNAL_RETURN]
    out.jcc(Stub.NOT_EQUAL, "word");
    out.label("note");
    out.code(0x48, 0x89, 0x07); // mov [rdi], rax
    out.code(0x48, 0x83, 0xC7, 0x08); // add rdi, 8
    out.code(0x41, 0xFF, 0xCA); // dec r10d
    out.jcc(Stub.NOT_EQUAL, "word");
    out.jmp("unknown");
    out.label("end");
    out.code(0x4C, 0x29, 0xC7); // sub rdi, r8
    out.code(0x48, 0x83, 0xEF, Sample.WORDS); // sub rdi, WORDS
    out.code(0x48, 0xC1, 0xEF, 0x03); // shr rdi, 3
    out.code(0x49, 0x89, 0x78, Sample.COUNT); // mov [r8+COUNT], rdi
    out.jmp("publish");
  }
}
