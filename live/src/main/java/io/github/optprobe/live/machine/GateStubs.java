package io.github.optprobe.live.machine;

import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emit.DetourTemplate;

/**
 * What the code in front of a copy or a window calls to reach Java, once it has saved the general
 * registers and the flags as {@link DetourTemplate} does: saves the vector registers, calls the
 * Java function, and returns, or goes on with all registers as Java wants them.
 *
 * <p>Calls on one thread inside each other are counted: the third is not let through, because the
 * way to Java itself runs into a probe then. In a child after fork(2) nothing is let through: there
 * is no Java in it.
 *
 * <p>Vector registers are saved by {@code xsavec} (or {@code xsave}), with all components that the
 * CPU has but those that no function call can change; at the entry of a function that keeps to the
 * System V convention only its eight vector arguments, unless their upper halves are in use.
 */
final class GateStubs {
  /** Offset in the data: 1 while Java may be called. In a page of its own, zero after a fork. */
  static final int ALIVE = 0;

  /** The address of the Java function: (address, frame, kind, record) → exit frame or 0. */
  static final int JAVA = 4096;

  /** How many calls were not let through because they were too deep. */
  static final int LOST = JAVA + 8;

  /** The address of the trampoline of return probes; 0 if there is none. */
  static final int TRAMPOLINE = JAVA + 16;

  /** The address of the table of return addresses; see {@link ReturnTable}. */
  static final int RETURNS = JAVA + 24;

  /** What threads are where: {@link #RECORD_COUNT} pairs of thread pointer and depth. */
  static final int RECORDS = JAVA + 4096;

  private static final int RECORD_BITS = 12;
  static final int RECORD_COUNT = 1 << RECORD_BITS;

  /** A record for all threads for which there is no other. */
  private static final int SPARE_RECORD = RECORDS + RECORD_COUNT * 16;

  /** The size of the data. */
  static final int DATA_BYTES = SPARE_RECORD + 16;

  /** Offset of the program counter in an exit frame, behind the 16 general registers. */
  static final int EXIT_RIP = 128;

  /** Offset of the flags. */
  static final int EXIT_FLAGS = 136;

  /** The size of an exit frame. */
  static final int EXIT_BYTES = 144;

  /** A jump, a trap, a step: what Java is told. */
  static final int JUMP = 0;

  static final int TRAP = 1;
  static final int STEP = 2;

  private static final int AT_ENTRY = 0x100;
  private static final int DEPTH = 8;
  private static final int MOST_DEPTH = 3;
  private static final int ARGUMENT_REGISTERS = 8;
  private static final int ARGUMENT_BYTES = 16;
  private static final int XSAVE_BYTES = 2688;
  private static final int XSAVE_HEADER = 512;
  private static final int XSAVE_MASK = 0xE7;

  /** AVX and the upper halves of its longer form: what an entry may have arguments in. */
  private static final int UPPER_HALVES = 0x44;

  private static final int[] ALL_BUT_STACK_AND_BASE = {
    0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  private final Stub out = new Stub();
  private final CpuFeatures features;
  private final long data;

  private GateStubs(long data, CpuFeatures features) {
    this.data = data;
    this.features = features;
  }

  /**
   * Writes all of them; their entries are labels: "jump", "entry", "trap", "step".
   *
   * @param data the address of their data
   */
  static Stub write(long data, CpuFeatures features) {
    return new GateStubs(data, features).write();
  }

  private Stub write() {
    entry("jump", JUMP);
    entry("entry", features.hasInUse() ? JUMP | AT_ENTRY : JUMP);
    entry("trap", TRAP);
    entry("step", STEP);
    out.label("common");
    out.code(0x49, 0xB9).int64(data); // mov r9, data
    out.code(0x41, 0x80, 0x39, 0x00); // cmp byte [r9+ALIVE], 0
    out.jcc(Stub.EQUAL, "off");
    findRecord();
    out.code(0x49, 0x89, 0xE5); // mov r13, rsp
    out.code(0x41, 0x89, 0xCF); // mov r15d, ecx
    saveVectors();
    call();
    restoreVectors();
    out.code(0x48, 0x85, 0xED); // test rbp, rbp
    out.jcc(Stub.NOT_EQUAL, "leave");
    out.code(0x4C, 0x89, 0xEC); // mov rsp, r13
    out.code(0xC3); // ret
    leave();
    off();
    return out;
  }

  private void entry(String name, int kind) {
    out.label(name);
    out.code(0xB9).int32(kind); // mov ecx, kind
    out.jmp("common");
  }

  /** Leaves its address in r12. All registers but rbx are free: the caller has saved them. */
  private void findRecord() {
    out.code(0x64, 0x48, 0x8B, 0x04, 0x25).int32(0); // mov rax, fs:[0]
    out.code(0x49, 0xBB).int64(TrapTable.HASH); // mov r11, HASH
    out.code(0x4C, 0x0F, 0xAF, 0xD8); // imul r11, rax
    out.code(0x49, 0xC1, 0xEB, 64 - RECORD_BITS); // shr r11, 64-RECORD_BITS
    out.code(0x41, 0xBA).int32(RECORD_COUNT); // mov r10d, RECORD_COUNT
    out.label("record");
    out.code(0x41, 0x81, 0xE3).int32(RECORD_COUNT - 1); // and r11d, RECORD_COUNT-1
    out.code(0x4D, 0x89, 0xDC); // mov r12, r11
    out.code(0x49, 0xC1, 0xE4, 0x04); // shl r12, 4
    out.code(0x4F, 0x8D, 0xA4, 0x21).int32(RECORDS); // lea r12, [r9+r12+RECORDS]
    out.code(0x49, 0x8B, 0x14, 0x24); // mov rdx, [r12]
    out.code(0x48, 0x39, 0xC2); // cmp rdx, rax
    out.jcc(Stub.EQUAL, "mine");
    out.code(0x48, 0x85, 0xD2); // test rdx, rdx
    out.jcc(Stub.NOT_EQUAL, "other");
    out.code(0x49, 0x89, 0xC6); // mov r14, rax
    out.code(0x31, 0xC0); // xor eax, eax
    out.code(0xF0, 0x4D, 0x0F, 0xB1, 0x34, 0x24); // lock cmpxchg [r12], r14
    out.code(0x4C, 0x89, 0xF0); // mov rax, r14: flags stay
    out.jcc(Stub.EQUAL, "mine");
    out.label("other");
    out.code(0x41, 0xFF, 0xC3); // inc r11d
    out.code(0x41, 0xFF, 0xCA); // dec r10d
    out.jcc(Stub.NOT_EQUAL, "record");
    out.code(0x4D, 0x8D, 0xA1).int32(SPARE_RECORD); // lea r12, [r9+SPARE_RECORD]
    out.code(0x49, 0xC7, 0x44, 0x24, DEPTH).int32(0); // mov qword [r12+DEPTH], 0
    out.label("mine");
    out.code(0x49, 0xFF, 0x44, 0x24, DEPTH); // inc qword [r12+DEPTH]
    out.code(0x49, 0x83, 0x7C, 0x24, DEPTH, MOST_DEPTH); // cmp qword [r12+DEPTH], MOST_DEPTH
    out.jcc(Stub.ABOVE_OR_EQUAL, "deep");
  }

  private void saveVectors() {
    out.code(0x41, 0xF7, 0xC7).int32(AT_ENTRY); // test r15d, AT_ENTRY
    out.jcc(Stub.EQUAL, "all");
    out.code(0xB9).int32(1); // mov ecx, 1
    out.code(0x0F, 0x01, 0xD0); // xgetbv: what is in use
    out.code(0xA8, UPPER_HALVES); // test al, UPPER_HALVES
    out.jcc(Stub.NOT_EQUAL, "all");
    out.code(0x48, 0x81, 0xEC).int32(ARGUMENT_REGISTERS * ARGUMENT_BYTES); // sub rsp, imm32
    out.code(0x48, 0x83, 0xE4, 0xF0); // and rsp, -16
    for (int i = 0; i < ARGUMENT_REGISTERS; i++) {
      out.code(0x0F, 0x29, 0x44 | (i << 3), 0x24, i * ARGUMENT_BYTES); // movaps [rsp+16i], xmmi
    }
    out.code(0x45, 0x31, 0xF6); // xor r14d, r14d
    out.jmp("call");
    out.label("all");
    out.code(0x48, 0x81, 0xEC).int32(XSAVE_BYTES); // sub rsp, XSAVE_BYTES
    out.code(0x48, 0x83, 0xE4, 0xC0); // and rsp, -64
    out.code(0x31, 0xC0); // xor eax, eax
    for (int i = 0; i < 8; i++) {
      out.code(0x48, 0x89, 0x84, 0x24).int32(XSAVE_HEADER + 8 * i); // mov [rsp+disp32], rax
    }
    selectAll();
    if (features.hasCompact()) {
      out.code(0x48, 0x0F, 0xC7, 0x24, 0x24); // xsavec64 [rsp]
    } else {
      out.code(0x48, 0x0F, 0xAE, 0x24, 0x24); // xsave64 [rsp]
    }
    out.code(0x41, 0xBE).int32(1); // mov r14d, 1
  }

  private void selectAll() {
    out.code(0xB8).int32(XSAVE_MASK); // mov eax, XSAVE_MASK
    out.code(0x31, 0xD2); // xor edx, edx
  }

  private void call() {
    out.label("call");
    out.code(0x41, 0x0F, 0xB6, 0xD7); // movzx edx, r15b
    out.code(0x4C, 0x89, 0xE1); // mov rcx, r12
    out.code(0x41, 0xFF, 0x91).int32(JAVA); // call [r9+JAVA]
    out.code(0x48, 0x89, 0xC5); // mov rbp, rax
    out.code(0x49, 0xFF, 0x4C, 0x24, DEPTH); // dec qword [r12+DEPTH]
  }

  private void restoreVectors() {
    out.code(0x45, 0x85, 0xF6); // test r14d, r14d
    out.jcc(Stub.EQUAL, "arguments");
    selectAll();
    out.code(0x48, 0x0F, 0xAE, 0x2C, 0x24); // xrstor64 [rsp]
    out.jmp("restored");
    out.label("arguments");
    for (int i = 0; i < ARGUMENT_REGISTERS; i++) {
      out.code(0x0F, 0x28, 0x44 | (i << 3), 0x24, i * ARGUMENT_BYTES); // movaps xmmi, [rsp+16i]
    }
    out.label("restored");
  }

  /** Everything at once from the exit frame, on the stack below all that the program may use. */
  private void leave() {
    out.label("leave");
    out.code(0x4C, 0x89, 0xEC); // mov rsp, r13
    out.code(0x48, 0x83, 0xE4, 0xF0); // and rsp, -16
    out.code(0x8C, 0xD0); // mov eax, ss
    out.code(0x50); // push rax
    out.code(0xFF, 0x75, 0x20); // push qword [rbp+4*8]: rsp
    out.code(0xFF, 0xB5).int32(EXIT_FLAGS); // push qword [rbp+EXIT_FLAGS]
    out.code(0x8C, 0xC8); // mov eax, cs
    out.code(0x50); // push rax
    out.code(0xFF, 0xB5).int32(EXIT_RIP); // push qword [rbp+EXIT_RIP]
    // From here on the stack says where this thread goes.
    out.code(0x48, 0xC7, 0x85).int32(EXIT_RIP).int32(0); // mov qword [rbp+EXIT_RIP], 0
    for (int register : ALL_BUT_STACK_AND_BASE) {
      // mov register, [rbp+8*register]
      out.code(0x48 | ((register >> 3) << 2), 0x8B, 0x45 | ((register & 7) << 3), 8 * register);
    }
    out.code(0x48, 0x8B, 0x6D, 0x28); // mov rbp, [rbp+5*8]
    out.code(0x48, 0xCF); // iretq
  }

  /** Without Java: a call that is tracked has to find where it returns to all the same. */
  private void off() {
    out.label("deep");
    out.code(0x49, 0xFF, 0x4C, 0x24, DEPTH); // dec qword [r12+DEPTH]
    out.code(0xF0, 0x49, 0xFF, 0x81).int32(LOST); // lock inc qword [r9+LOST]
    out.label("off");
    out.code(0x49, 0x3B, 0xB9).int32(TRAMPOLINE); // cmp rdi, [r9+TRAMPOLINE]
    out.code(0x74, 0x01); // je +1
    out.code(0xC3); // ret
    // rcx = where the return address was; rsi = what saveAndCall saved
    out.code(0x48, 0x8D, 0x8E).int32(DetourTemplate.STACK_OFFSET - 8); // lea rcx, [rsi+disp32]
    out.code(0x49, 0x8B, 0x91).int32(RETURNS); // mov rdx, [r9+RETURNS]
    out.code(0x48, 0x89, 0xC8); // mov rax, rcx
    out.code(0x48, 0xC1, 0xE8, ReturnTable.SHIFT); // shr rax, SHIFT
    out.label("return");
    out.code(0x25).int32(ReturnTable.COUNT - 1); // and eax, COUNT-1
    out.code(0x49, 0x89, 0xC0); // mov r8, rax
    out.code(0x49, 0xC1, 0xE0, 0x04); // shl r8, 4
    out.code(0x4E, 0x8B, 0x1C, 0x02); // mov r11, [rdx+r8]
    out.code(0xFF, 0xC0); // inc eax
    out.code(0x49, 0x39, 0xCB); // cmp r11, rcx
    out.jcc(Stub.EQUAL, "known");
    out.code(0x4D, 0x85, 0xDB); // test r11, r11
    out.jcc(Stub.NOT_EQUAL, "return");
    out.code(0x0F, 0x0B); // ud2: the stack is corrupt
    out.label("known");
    out.code(0x4A, 0x8B, 0x44, 0x02, 0x08); // mov rax, [rdx+r8+8]
    out.code(0x48, 0x89, 0x01); // mov [rcx], rax
    out.code(0x48, 0x89, 0xF4); // mov rsp, rsi
    CodeBuffer pops = new CodeBuffer(0);
    DetourTemplate.restoreGeneral(pops);
    for (byte each : pops.toBytes()) {
      out.code(each);
    }
    out.code(0x48, 0x8D, 0x64, 0x24, DetourTemplate.RED_ZONE - 8); // lea rsp, [rsp+120]
    out.code(0xC3); // ret
  }
}
