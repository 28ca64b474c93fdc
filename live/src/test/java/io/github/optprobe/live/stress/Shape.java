package io.github.optprobe.live.stress;

import java.util.HexFormat;
import java.util.Locale;

/**
 * A kind of function that is probed under load. Each takes a number in rdi and gives one in rax,
 * changes no other register but rcx and rdi, and is of bytes that GNU as made of the text beside
 * them.
 */
enum Shape {
  /** One instruction that is wide enough for a jump. */
  WIDE(
      0,
      0,
      """
      movabs rax, 0x0123456789abcdef
      lea rax, [rax+rdi*4]
      ret
      """,
      "48 b8 ef cd ab 89 67 45 23 01 48 8d 04 b8 c3"),

  /** The same across the end of a cache line: three bytes in front of it. */
  CROSSING(
      0,
      61,
      """
      lea rax, [rdi+rdi*2+0x12345678]
      ret
      """,
      "48 8d 84 7f 78 56 34 12 c3"),

  /** A window of three instructions. */
  SHORT(
      0,
      0,
      """
      push rbx
      mov rbx, rdi
      lea rax, [rbx+rbx*4+7]
      pop rbx
      ret
      """,
      "53 48 89 fb 48 8d 44 9b 07 5b c3"),

  /** A window of two instructions that a branch leads back to. */
  LOOP(
      7,
      0,
      """
      xor eax, eax
      mov ecx, 8
      1: add rax, rdi
      inc rdi
      dec ecx
      jnz 1b
      ret
      """,
      "31 c0 b9 08 00 00 00 48 01 f8 48 ff c7 ff c9 75 f6 c3"),

  /** A window of three instructions, the middle one of which branches back. */
  BACK(
      15,
      0,
      """
      xor eax, eax
      mov ecx, 8
      1: lea rax, [rax+rax*2+5]
      xor rax, rdi
      dec ecx
      jnz 1b
      lea rax, [rax+rcx+3]
      ret
      """,
      "31 c0 b9 08 00 00 00 48 8d 44 40 05 48 31 f8 ff c9 75 f4 48 8d 44 08 03 c3"),

  /** A function that calls itself, as often as its argument says. */
  RECURSION(
      0,
      0,
      """
      0: push rbx
      mov rbx, rdi
      xor eax, eax
      test rdi, rdi
      jz 1f
      lea rdi, [rdi-1]
      call 0b
      lea rax, [rax+rbx]
      1: pop rbx
      ret
      """,
      "53 48 89 fb 31 c0 48 85 ff 74 0d 48 8d 7f ff e8 ec ff ff ff 48 8d 04 18 5b c3");

  private final int probed;
  private final int misalignment;
  private final String assembler;
  private final String bytes;

  Shape(int probed, int misalignment, String assembler, String bytes) {
    this.probed = probed;
    this.misalignment = misalignment;
    this.assembler = assembler;
    this.bytes = bytes;
  }

  /** Offset of the instruction to be probed. */
  int probed() {
    return probed;
  }

  /** How far behind the start of a cache line the function starts. */
  int misalignment() {
    return misalignment;
  }

  String assembler() {
    return assembler;
  }

  byte[] bytes() {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  /** The name of one of its functions. */
  String function(int number) {
    return name().toLowerCase(Locale.ROOT) + "_" + number;
  }

  /** The name of the one that is never probed. */
  String reference() {
    return name().toLowerCase(Locale.ROOT) + "_reference";
  }
}
