package io.github.optprobe.testkit.traced;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The program of the child: a static ELF file of one page, far away from where code under test is
 * put. It permits tracing, says so by one byte on its standard output, and waits until it is seized
 * or its standard input ends. Behind that stand the two stubs that everything else is done with.
 */
final class ChildProgram {
  /** Where its one page is. */
  static final long PAGE = 0x5fff_0000_0000L;

  /** What it writes once it permits tracing. */
  static final char READY = '+';

  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int CODE_OFFSET = HEADER_BYTES + SEGMENT_BYTES;

  /** syscall; int3; cpuid; int3. */
  private static final byte[] STUBS = HexFormat.of().parseHex("0f05cc0fa2cc");

  /** The code, from an assembler; the byte that it writes is the last of it. */
  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "b89d000000" // mov eax, 157: prctl
                  + "bf616d6159" // mov edi, PR_SET_PTRACER
                  + "48c7c6ffffffff" // mov rsi, PR_SET_PTRACER_ANY
                  + "0f05" // syscall; kernels without Yama do not know it and need it not
                  + "b801000000" // mov eax, 1: write
                  + "bf01000000" // mov edi, 1
                  + "488d3522000000" // lea rsi, [rip+0x22]: the byte behind the code
                  + "ba01000000" // mov edx, 1
                  + "0f05" // syscall
                  + "31c0" // xor eax, eax: read
                  + "31ff" // xor edi, edi
                  + "488d7424c0" // lea rsi, [rsp-64]
                  + "ba01000000" // mov edx, 1
                  + "0f05" // syscall
                  + "b8e7000000" // mov eax, 231: exit_group
                  + "31ff" // xor edi, edi
                  + "0f05" // syscall
                  + "0f0b" // ud2
                  + "2b"); // '+'

  private static final long STUBS_AT = PAGE + CODE_OFFSET + CODE.length;

  /** Executes a system call and traps. */
  static final long SYSTEM_CALL = STUBS_AT;

  /** Executes CPUID and traps. */
  static final long CPUID = STUBS_AT + 3;

  private ChildProgram() {}

  /** The file. */
  static byte[] elf() {
    int size = CODE_OFFSET + CODE.length + STUBS.length;
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    header(out);
    segment(out, size);
    return out.put(CODE).put(STUBS).array();
  }

  private static void header(ByteBuffer out) {
    out.put(HexFormat.of().parseHex("7f454c46020101000000000000000000"));
    out.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64, version
    out.putLong(PAGE + CODE_OFFSET).putLong(HEADER_BYTES).putLong(0); // entry, segments, sections
    out.putInt(0).putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES);
    out.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
  }

  private static void segment(ByteBuffer out, int size) {
    out.putInt(1).putInt(5); // PT_LOAD, readable and executable
    out.putLong(0).putLong(PAGE).putLong(PAGE);
    out.putLong(size).putLong(size).putLong(0x1000);
  }
}
