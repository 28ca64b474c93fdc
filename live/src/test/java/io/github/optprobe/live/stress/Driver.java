package io.github.optprobe.live.stress;

import java.util.HexFormat;

/**
 * The machine code that calls probed functions: {@code wrong = drive(table, bytes, calls)}. The
 * table has pairs of functions, 16 bytes each, of which the second is never probed. They are called
 * in turn with numbers from 0 to 15; wrong is a pair whose results differ, or where the first has
 * changed rsi, r10 or xmm3, which it does not use.
 */
final class Driver {
  static final String NAME = "drive";

  static final String ASSEMBLER =
      """
      push rbx
      push rbp
      push r12
      push r13
      push r14
      push r15
      sub rsp, 24
      mov rbx, rdi
      mov r12, rsi
      mov r13, rdx
      xor r14d, r14d
      xor r15d, r15d
      1: mov ebp, r13d
      and ebp, 15
      mov rdi, rbp
      mov rsi, r13
      lea r10, [r13+r15]
      movq xmm3, r13
      call [rbx+r15]
      cmp rsi, r13
      jne 2f
      lea rcx, [r13+r15]
      cmp r10, rcx
      jne 2f
      movq rcx, xmm3
      cmp rcx, r13
      jne 2f
      mov [rsp], rax
      mov rdi, rbp
      call [rbx+r15+8]
      cmp rax, [rsp]
      je 3f
      2: inc r14
      3: add r15, 16
      cmp r15, r12
      jb 4f
      xor r15d, r15d
      4: dec r13
      jnz 1b
      mov rax, r14
      add rsp, 24
      pop r15
      pop r14
      pop r13
      pop r12
      pop rbp
      pop rbx
      ret
      """;

  private static final String BYTES =
      "53 55 41 54 41 55 41 56 41 57 48 83 ec 18 48 89 fb 49 89 f4 49 89 d5 45 31 f6 45 31 ff"
          + " 44 89 ed 83 e5 0f 48 89 ef 4c 89 ee 4f 8d 54 3d 00 66 49 0f 6e dd 42 ff 14 3b"
          + " 4c 39 ee 75 26 4b 8d 4c 3d 00 49 39 ca 75 1c 66 48 0f 7e d9 4c 39 e9 75 12"
          + " 48 89 04 24 48 89 ef 42 ff 54 3b 08 48 3b 04 24 74 03 49 ff c6 49 83 c7 10"
          + " 4d 39 e7 72 03 45 31 ff 49 ff cd 75 a7 4c 89 f0 48 83 c4 18"
          + " 41 5f 41 5e 41 5d 41 5c 5d 5b c3";

  private Driver() {}

  static byte[] bytes() {
    return HexFormat.ofDelimiter(" ").parseHex(BYTES);
  }
}
