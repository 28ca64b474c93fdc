package io.github.optprobe.live.safety;

import java.util.HexFormat;
import java.util.Locale;

/** Functions in machine code for tests of safety, of bytes that GNU as made of the text. */
enum Code {
  /** A number of a number: what is probed. One wide instruction first. */
  NUMBER(
      """
      lea rax, [rdi+rdi*2+0x12345678]
      ret
      """,
      "48 8d 84 7f 78 56 34 12 c3"),

  /** pid = forker(fork, function, argument): the child ends with the function's result. */
  FORKER(
      """
      push rbx
      push r12
      sub rsp, 8
      mov rbx, rsi
      mov r12, rdx
      call rdi
      test eax, eax
      jnz 1f
      mov rdi, r12
      call rbx
      mov edi, eax
      mov eax, 231
      syscall
      1: add rsp, 8
      pop r12
      pop rbx
      ret
      """,
      "53 41 54 48 83 ec 08 48 89 f3 49 89 d4 ff d7 85 c0 75 0e 4c 89 e7 ff d3 89 c7 "
          + "b8 e7 00 00 00 0f 05 48 83 c4 08 41 5c 5b c3"),

  /**
   * Body of a thread; its argument points to a function, how often to call it, and the sum of what
   * it gives.
   */
  LOOPER(
      """
      push rbx
      push r12
      sub rsp, 8
      mov rbx, rdi
      mov r12, [rbx+8]
      1: mov rdi, r12
      call [rbx]
      add [rbx+16], rax
      dec r12
      jnz 1b
      xor eax, eax
      add rsp, 8
      pop r12
      pop rbx
      ret
      """,
      "53 41 54 48 83 ec 08 48 89 fb 4c 8b 63 08 4c 89 e7 ff 13 48 01 43 10 49 ff cc "
          + "75 f2 31 c0 48 83 c4 08 41 5c 5b c3"),

  /** Never returns: calls its second argument, which ends the thread, with 42. */
  LEAVER(
      """
      lea rsp, [rsp-0x00000008]
      mov edi, 42
      call rsi
      ud2
      """,
      "48 8d 64 24 f8 bf 2a 00 00 00 ff d6 0f 0b"),

  /** Body of a thread that calls a function with a second argument; points to both. */
  THREAD(
      """
      sub rsp, 8
      mov rax, [rdi]
      mov rsi, [rdi+8]
      call rax
      ud2
      """,
      "48 83 ec 08 48 8b 07 48 8b 77 08 ff d0 0f 0b"),

  /** Has a breakpoint that is none of ours, and gives 7. */
  FOREIGN(
      """
      int3
      mov eax, 7
      ret
      """,
      "cc b8 07 00 00 00 c3"),

  /** Handler of a signal: counts at an address that is put into it. */
  CATCHER(
      """
      movabs rax, 0x1122334455667788
      lock inc qword ptr [rax]
      ret
      """,
      "48 b8 88 77 66 55 44 33 22 11 f0 48 ff 00 c3"),

  /** Loads ymm, x87 and MXCSR from rdi, runs {@link #AVX_PLACE}, stores them at rsi. */
  AVX(
      """
      vmovups ymm0, [rdi+0]
      vmovups ymm1, [rdi+32]
      vmovups ymm2, [rdi+64]
      vmovups ymm3, [rdi+96]
      vmovups ymm4, [rdi+128]
      vmovups ymm5, [rdi+160]
      vmovups ymm6, [rdi+192]
      vmovups ymm7, [rdi+224]
      vmovups ymm8, [rdi+256]
      vmovups ymm9, [rdi+288]
      vmovups ymm10, [rdi+320]
      vmovups ymm11, [rdi+352]
      vmovups ymm12, [rdi+384]
      vmovups ymm13, [rdi+416]
      vmovups ymm14, [rdi+448]
      vmovups ymm15, [rdi+480]
      fld qword ptr [rdi]
      fld qword ptr [rdi+8]
      fld qword ptr [rdi+16]
      ldmxcsr [rdi+512]
      lea rax, [rdi+0x11223344]
      stmxcsr [rsi+512]
      vmovups [rsi+0], ymm0
      vmovups [rsi+32], ymm1
      vmovups [rsi+64], ymm2
      vmovups [rsi+96], ymm3
      vmovups [rsi+128], ymm4
      vmovups [rsi+160], ymm5
      vmovups [rsi+192], ymm6
      vmovups [rsi+224], ymm7
      vmovups [rsi+256], ymm8
      vmovups [rsi+288], ymm9
      vmovups [rsi+320], ymm10
      vmovups [rsi+352], ymm11
      vmovups [rsi+384], ymm12
      vmovups [rsi+416], ymm13
      vmovups [rsi+448], ymm14
      vmovups [rsi+480], ymm15
      fstp qword ptr [rsi+536]
      fstp qword ptr [rsi+528]
      fstp qword ptr [rsi+520]
      ldmxcsr [rdi+516]
      vzeroupper
      ret
      """,
      "c5 fc 10 07 c5 fc 10 4f 20 c5 fc 10 57 40 c5 fc 10 5f 60 c5 fc 10 a7 80 00 00 "
          + "00 c5 fc 10 af a0 00 00 00 c5 fc 10 b7 c0 00 00 00 c5 fc 10 bf e0 00 00 00 c5 "
          + "7c 10 87 00 01 00 00 c5 7c 10 8f 20 01 00 00 c5 7c 10 97 40 01 00 00 c5 7c 10 "
          + "9f 60 01 00 00 c5 7c 10 a7 80 01 00 00 c5 7c 10 af a0 01 00 00 c5 7c 10 b7 c0 "
          + "01 00 00 c5 7c 10 bf e0 01 00 00 dd 07 dd 47 08 dd 47 10 0f ae 97 00 02 00 00 "
          + "48 8d 87 44 33 22 11 0f ae 9e 00 02 00 00 c5 fc 11 06 c5 fc 11 4e 20 c5 fc 11 "
          + "56 40 c5 fc 11 5e 60 c5 fc 11 a6 80 00 00 00 c5 fc 11 ae a0 00 00 00 c5 fc 11 "
          + "b6 c0 00 00 00 c5 fc 11 be e0 00 00 00 c5 7c 11 86 00 01 00 00 c5 7c 11 8e 20 "
          + "01 00 00 c5 7c 11 96 40 01 00 00 c5 7c 11 9e 60 01 00 00 c5 7c 11 a6 80 01 00 "
          + "00 c5 7c 11 ae a0 01 00 00 c5 7c 11 b6 c0 01 00 00 c5 7c 11 be e0 01 00 00 dd "
          + "9e 18 02 00 00 dd 9e 10 02 00 00 dd 9e 08 02 00 00 0f ae 97 04 02 00 00 c5 f8 "
          + "77 c3"),

  /** The same with zmm and k, and {@link #AVX512_PLACE}. */
  AVX512(
      """
      vmovups zmm0, [rdi+0]
      vmovups zmm1, [rdi+64]
      vmovups zmm2, [rdi+128]
      vmovups zmm3, [rdi+192]
      vmovups zmm4, [rdi+256]
      vmovups zmm5, [rdi+320]
      vmovups zmm6, [rdi+384]
      vmovups zmm7, [rdi+448]
      vmovups zmm8, [rdi+512]
      vmovups zmm9, [rdi+576]
      vmovups zmm10, [rdi+640]
      vmovups zmm11, [rdi+704]
      vmovups zmm12, [rdi+768]
      vmovups zmm13, [rdi+832]
      vmovups zmm14, [rdi+896]
      vmovups zmm15, [rdi+960]
      vmovups zmm16, [rdi+1024]
      vmovups zmm17, [rdi+1088]
      vmovups zmm18, [rdi+1152]
      vmovups zmm19, [rdi+1216]
      vmovups zmm20, [rdi+1280]
      vmovups zmm21, [rdi+1344]
      vmovups zmm22, [rdi+1408]
      vmovups zmm23, [rdi+1472]
      vmovups zmm24, [rdi+1536]
      vmovups zmm25, [rdi+1600]
      vmovups zmm26, [rdi+1664]
      vmovups zmm27, [rdi+1728]
      vmovups zmm28, [rdi+1792]
      vmovups zmm29, [rdi+1856]
      vmovups zmm30, [rdi+1920]
      vmovups zmm31, [rdi+1984]
      kmovq k0, [rdi+0]
      kmovq k1, [rdi+64]
      kmovq k2, [rdi+128]
      kmovq k3, [rdi+192]
      kmovq k4, [rdi+256]
      kmovq k5, [rdi+320]
      kmovq k6, [rdi+384]
      kmovq k7, [rdi+448]
      lea rax, [rdi+0x11223344]
      vmovups [rsi+0], zmm0
      vmovups [rsi+64], zmm1
      vmovups [rsi+128], zmm2
      vmovups [rsi+192], zmm3
      vmovups [rsi+256], zmm4
      vmovups [rsi+320], zmm5
      vmovups [rsi+384], zmm6
      vmovups [rsi+448], zmm7
      vmovups [rsi+512], zmm8
      vmovups [rsi+576], zmm9
      vmovups [rsi+640], zmm10
      vmovups [rsi+704], zmm11
      vmovups [rsi+768], zmm12
      vmovups [rsi+832], zmm13
      vmovups [rsi+896], zmm14
      vmovups [rsi+960], zmm15
      vmovups [rsi+1024], zmm16
      vmovups [rsi+1088], zmm17
      vmovups [rsi+1152], zmm18
      vmovups [rsi+1216], zmm19
      vmovups [rsi+1280], zmm20
      vmovups [rsi+1344], zmm21
      vmovups [rsi+1408], zmm22
      vmovups [rsi+1472], zmm23
      vmovups [rsi+1536], zmm24
      vmovups [rsi+1600], zmm25
      vmovups [rsi+1664], zmm26
      vmovups [rsi+1728], zmm27
      vmovups [rsi+1792], zmm28
      vmovups [rsi+1856], zmm29
      vmovups [rsi+1920], zmm30
      vmovups [rsi+1984], zmm31
      kmovq [rsi+2048], k0
      kmovq [rsi+2056], k1
      kmovq [rsi+2064], k2
      kmovq [rsi+2072], k3
      kmovq [rsi+2080], k4
      kmovq [rsi+2088], k5
      kmovq [rsi+2096], k6
      kmovq [rsi+2104], k7
      vzeroupper
      ret
      """,
      "62 f1 7c 48 10 07 62 f1 7c 48 10 4f 01 62 f1 7c 48 10 57 02 62 f1 7c 48 10 5f "
          + "03 62 f1 7c 48 10 67 04 62 f1 7c 48 10 6f 05 62 f1 7c 48 10 77 06 62 f1 7c 48 "
          + "10 7f 07 62 71 7c 48 10 47 08 62 71 7c 48 10 4f 09 62 71 7c 48 10 57 0a 62 71 "
          + "7c 48 10 5f 0b 62 71 7c 48 10 67 0c 62 71 7c 48 10 6f 0d 62 71 7c 48 10 77 0e "
          + "62 71 7c 48 10 7f 0f 62 e1 7c 48 10 47 10 62 e1 7c 48 10 4f 11 62 e1 7c 48 10 "
          + "57 12 62 e1 7c 48 10 5f 13 62 e1 7c 48 10 67 14 62 e1 7c 48 10 6f 15 62 e1 7c "
          + "48 10 77 16 62 e1 7c 48 10 7f 17 62 61 7c 48 10 47 18 62 61 7c 48 10 4f 19 62 "
          + "61 7c 48 10 57 1a 62 61 7c 48 10 5f 1b 62 61 7c 48 10 67 1c 62 61 7c 48 10 6f "
          + "1d 62 61 7c 48 10 77 1e 62 61 7c 48 10 7f 1f c4 e1 f8 90 07 c4 e1 f8 90 4f 40 "
          + "c4 e1 f8 90 97 80 00 00 00 c4 e1 f8 90 9f c0 00 00 00 c4 e1 f8 90 a7 00 01 00 "
          + "00 c4 e1 f8 90 af 40 01 00 00 c4 e1 f8 90 b7 80 01 00 00 c4 e1 f8 90 bf c0 01 "
          + "00 00 48 8d 87 44 33 22 11 62 f1 7c 48 11 06 62 f1 7c 48 11 4e 01 62 f1 7c 48 "
          + "11 56 02 62 f1 7c 48 11 5e 03 62 f1 7c 48 11 66 04 62 f1 7c 48 11 6e 05 62 f1 "
          + "7c 48 11 76 06 62 f1 7c 48 11 7e 07 62 71 7c 48 11 46 08 62 71 7c 48 11 4e 09 "
          + "62 71 7c 48 11 56 0a 62 71 7c 48 11 5e 0b 62 71 7c 48 11 66 0c 62 71 7c 48 11 "
          + "6e 0d 62 71 7c 48 11 76 0e 62 71 7c 48 11 7e 0f 62 e1 7c 48 11 46 10 62 e1 7c "
          + "48 11 4e 11 62 e1 7c 48 11 56 12 62 e1 7c 48 11 5e 13 62 e1 7c 48 11 66 14 62 "
          + "e1 7c 48 11 6e 15 62 e1 7c 48 11 76 16 62 e1 7c 48 11 7e 17 62 61 7c 48 11 46 "
          + "18 62 61 7c 48 11 4e 19 62 61 7c 48 11 56 1a 62 61 7c 48 11 5e 1b 62 61 7c 48 "
          + "11 66 1c 62 61 7c 48 11 6e 1d 62 61 7c 48 11 76 1e 62 61 7c 48 11 7e 1f c4 e1 "
          + "f8 91 86 00 08 00 00 c4 e1 f8 91 8e 08 08 00 00 c4 e1 f8 91 96 10 08 00 00 c4 "
          + "e1 f8 91 9e 18 08 00 00 c4 e1 f8 91 a6 20 08 00 00 c4 e1 f8 91 ae 28 08 00 00 "
          + "c4 e1 f8 91 b6 30 08 00 00 c4 e1 f8 91 be 38 08 00 00 c5 f8 77 c3"),

  /** Sets all ymm to ones, and empties x87. */
  CLOBBER(
      """
      vpcmpeqd ymm0, ymm0, ymm0
      vpcmpeqd ymm1, ymm1, ymm1
      vpcmpeqd ymm2, ymm2, ymm2
      vpcmpeqd ymm3, ymm3, ymm3
      vpcmpeqd ymm4, ymm4, ymm4
      vpcmpeqd ymm5, ymm5, ymm5
      vpcmpeqd ymm6, ymm6, ymm6
      vpcmpeqd ymm7, ymm7, ymm7
      vpcmpeqd ymm8, ymm8, ymm8
      vpcmpeqd ymm9, ymm9, ymm9
      vpcmpeqd ymm10, ymm10, ymm10
      vpcmpeqd ymm11, ymm11, ymm11
      vpcmpeqd ymm12, ymm12, ymm12
      vpcmpeqd ymm13, ymm13, ymm13
      vpcmpeqd ymm14, ymm14, ymm14
      vpcmpeqd ymm15, ymm15, ymm15
      finit
      vzeroupper
      ret
      """,
      "c5 fd 76 c0 c5 f5 76 c9 c5 ed 76 d2 c5 e5 76 db c5 dd 76 e4 c5 d5 76 ed c5 cd "
          + "76 f6 c5 c5 76 ff c4 41 3d 76 c0 c4 41 35 76 c9 c4 41 2d 76 d2 c4 41 25 76 db "
          + "c4 41 1d 76 e4 c4 41 15 76 ed c4 41 0d 76 f6 c4 41 05 76 ff 9b db e3 c5 f8 77 "
          + "c3"),

  /** Sets all zmm and k to ones. */
  CLOBBER512(
      """
      vpternlogd zmm0, zmm0, zmm0, 255
      vpternlogd zmm1, zmm1, zmm1, 255
      vpternlogd zmm2, zmm2, zmm2, 255
      vpternlogd zmm3, zmm3, zmm3, 255
      vpternlogd zmm4, zmm4, zmm4, 255
      vpternlogd zmm5, zmm5, zmm5, 255
      vpternlogd zmm6, zmm6, zmm6, 255
      vpternlogd zmm7, zmm7, zmm7, 255
      vpternlogd zmm8, zmm8, zmm8, 255
      vpternlogd zmm9, zmm9, zmm9, 255
      vpternlogd zmm10, zmm10, zmm10, 255
      vpternlogd zmm11, zmm11, zmm11, 255
      vpternlogd zmm12, zmm12, zmm12, 255
      vpternlogd zmm13, zmm13, zmm13, 255
      vpternlogd zmm14, zmm14, zmm14, 255
      vpternlogd zmm15, zmm15, zmm15, 255
      vpternlogd zmm16, zmm16, zmm16, 255
      vpternlogd zmm17, zmm17, zmm17, 255
      vpternlogd zmm18, zmm18, zmm18, 255
      vpternlogd zmm19, zmm19, zmm19, 255
      vpternlogd zmm20, zmm20, zmm20, 255
      vpternlogd zmm21, zmm21, zmm21, 255
      vpternlogd zmm22, zmm22, zmm22, 255
      vpternlogd zmm23, zmm23, zmm23, 255
      vpternlogd zmm24, zmm24, zmm24, 255
      vpternlogd zmm25, zmm25, zmm25, 255
      vpternlogd zmm26, zmm26, zmm26, 255
      vpternlogd zmm27, zmm27, zmm27, 255
      vpternlogd zmm28, zmm28, zmm28, 255
      vpternlogd zmm29, zmm29, zmm29, 255
      vpternlogd zmm30, zmm30, zmm30, 255
      vpternlogd zmm31, zmm31, zmm31, 255
      kxnorq k0, k0, k0
      kxnorq k1, k1, k1
      kxnorq k2, k2, k2
      kxnorq k3, k3, k3
      kxnorq k4, k4, k4
      kxnorq k5, k5, k5
      kxnorq k6, k6, k6
      kxnorq k7, k7, k7
      vzeroupper
      ret
      """,
      "62 f3 7d 48 25 c0 ff 62 f3 75 48 25 c9 ff 62 f3 6d 48 25 d2 ff 62 f3 65 48 25 "
          + "db ff 62 f3 5d 48 25 e4 ff 62 f3 55 48 25 ed ff 62 f3 4d 48 25 f6 ff 62 f3 45 "
          + "48 25 ff ff 62 53 3d 48 25 c0 ff 62 53 35 48 25 c9 ff 62 53 2d 48 25 d2 ff 62 "
          + "53 25 48 25 db ff 62 53 1d 48 25 e4 ff 62 53 15 48 25 ed ff 62 53 0d 48 25 f6 "
          + "ff 62 53 05 48 25 ff ff 62 a3 7d 40 25 c0 ff 62 a3 75 40 25 c9 ff 62 a3 6d 40 "
          + "25 d2 ff 62 a3 65 40 25 db ff 62 a3 5d 40 25 e4 ff 62 a3 55 40 25 ed ff 62 a3 "
          + "4d 40 25 f6 ff 62 a3 45 40 25 ff ff 62 03 3d 40 25 c0 ff 62 03 35 40 25 c9 ff "
          + "62 03 2d 40 25 d2 ff 62 03 25 40 25 db ff 62 03 1d 40 25 e4 ff 62 03 15 40 25 "
          + "ed ff 62 03 0d 40 25 f6 ff 62 03 05 40 25 ff ff c4 e1 fc 46 c0 c4 e1 f4 46 c9 "
          + "c4 e1 ec 46 d2 c4 e1 e4 46 db c4 e1 dc 46 e4 c4 e1 d4 46 ed c4 e1 cc 46 f6 c4 "
          + "e1 c4 46 ff c5 f8 77 c3");

  /** Offset of the instruction in {@link #AVX} that is probed: not an entry. */
  static final int AVX_PLACE = 0x82;

  /** The same in {@link #AVX512}. */
  static final int AVX512_PLACE = 0x120;

  private final String assembler;
  private final String bytes;

  Code(String assembler, String bytes) {
    this.assembler = assembler;
    this.bytes = bytes;
  }

  String assembler() {
    return assembler;
  }

  byte[] bytes() {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  /** The name of the function. */
  String function() {
    return name().toLowerCase(Locale.ROOT);
  }
}
