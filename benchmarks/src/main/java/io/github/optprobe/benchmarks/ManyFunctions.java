package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.Arrays;
import java.util.Optional;

/**
 * Synthetic text: a million functions of 16 bytes, one behind the other, of four kinds. The map of
 * them is computed and not stored, so that it costs neither heap nor time worth measuring.
 */
final class ManyFunctions implements CodeMap {
  /** How many there are. */
  static final int COUNT = 1_000_000;

  private static final long BASE = 0x40_0000L;
  private static final int BYTES = 16;

  private static final int[][] KINDS = {
    // push rbp; mov rbp, rsp; mov eax, edi; add eax, 1; pop rbp; ret; nop
    {
      0x55, 0x48, 0x89, 0xE5, 0x89, 0xF8, 0x83, 0xC0, 0x01, 0x5D, 0xC3, 0x90, 0x90, 0x90, 0x90, 0x90
    },
    // mov rax, [rip+0x1000]; add rax, rdi; ret; nop
    {
      0x48, 0x8B, 0x05, 0x00, 0x10, 0x00, 0x00, 0x48, 0x01, 0xF8, 0xC3, 0x90, 0x90, 0x90, 0x90, 0x90
    },
    // endbr64; xor eax, eax; test rdi, rdi; sete al; ret; nop
    {
      0xF3, 0x0F, 0x1E, 0xFA, 0x31, 0xC0, 0x48, 0x85, 0xFF, 0x0F, 0x94, 0xC0, 0xC3, 0x90, 0x90, 0x90
    },
    // sub rsp, 8; lea rax, [rdi+rsi*2]; add rsp, 8; ret; nop
    {
      0x48, 0x83, 0xEC, 0x08, 0x48, 0x8D, 0x04, 0x77, 0x48, 0x83, 0xC4, 0x08, 0xC3, 0x90, 0x90, 0x90
    },
  };

  private final byte[] code = new byte[COUNT * BYTES];

  ManyFunctions() {
    for (int i = 0; i < code.length; i++) {
      code[i] = (byte) KINDS[i / BYTES % KINDS.length][i % BYTES];
    }
  }

  /** Text over a copy of the code. */
  ByteArrayText text() {
    return ByteArrayText.at(BASE, code.clone());
  }

  /** Whether the text holds the code again. */
  boolean isIn(ByteArrayText text) {
    return Arrays.equals(code, text.readFully(BASE, code.length));
  }

  /** Where a function begins. */
  static long entry(int index) {
    return BASE + (long) index * BYTES;
  }

  @Override
  public Optional<Function> functionAt(long address) {
    long offset = address - BASE;
    if (offset < 0 || offset >= code.length) {
      return Optional.empty();
    }
    AddressRange body = AddressRange.ofLength(address & -BYTES, BYTES);
    return Optional.of(new Function("f", body));
  }
}
