package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fields of instructions in the notation of {@link FieldSummary}. The bytes come from GNU as, and
 * the places of displacements and immediates from the recognisable values assembled into them.
 */
class InstructionFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eb 11 | jmp len=2 LEGACY/ONE_BYTE:eb rel@1+1=0x11 JUMP_RELATIVE
          e9 44 33 22 11 | jmp len=5 LEGACY/ONE_BYTE:e9 rel@1+4=0x11223344 JUMP_RELATIVE
          74 11 | jz len=2 LEGACY/ONE_BYTE:74 rel@1+1=0x11 COND_RELATIVE
          0f 84 44 33 22 11 | jz len=6 LEGACY/MAP_0F:84 rel@2+4=0x11223344 COND_RELATIVE
          0f 8f 44 33 22 11 | jnle len=6 LEGACY/MAP_0F:8f rel@2+4=0x11223344 COND_RELATIVE
          3e 74 11 | jz len=3 LEGACY/ONE_BYTE:74 rel@2+1=0x11 COND_RELATIVE
          e8 44 33 22 11 | call len=5 LEGACY/ONE_BYTE:e8 rel@1+4=0x11223344 CALL_RELATIVE
          e2 11 | loop len=2 LEGACY/ONE_BYTE:e2 rel@1+1=0x11 LOOP_RELATIVE
          e1 11 | loope len=2 LEGACY/ONE_BYTE:e1 rel@1+1=0x11 LOOP_RELATIVE
          e0 11 | loopne len=2 LEGACY/ONE_BYTE:e0 rel@1+1=0x11 LOOP_RELATIVE
          e3 11 | jrcxz len=2 LEGACY/ONE_BYTE:e3 rel@1+1=0x11 LOOP_RELATIVE
          67 e3 11 | jecxz len=3 LEGACY/ONE_BYTE:e3 rel@2+1=0x11 LOOP_RELATIVE
          c7 f8 44 33 22 11 | xbegin len=6 LEGACY/ONE_BYTE:c7 modrm@1=f8 rel@2+4=0x11223344 XBEGIN
          ff e0 | jmp len=2 LEGACY/ONE_BYTE:ff modrm@1=e0 JUMP_INDIRECT
          ff 25 44 33 22 11 | jmp len=6 LEGACY/ONE_BYTE:ff modrm@1=25 disp@2+4=0x11223344 JUMP_INDIRECT rip
          41 ff d3 | call len=3 LEGACY/ONE_BYTE:ff modrm@2=d3 CALL_INDIRECT
          ff 94 c8 44 33 22 11 | call len=7 LEGACY/ONE_BYTE:ff modrm@1=94 disp@3+4=0x11223344 CALL_INDIRECT
          64 ff 14 25 10 00 00 00 | call len=8 LEGACY/ONE_BYTE:ff modrm@2=14 disp@4+4=0x10 CALL_INDIRECT
          3e ff e0 | jmp len=3 LEGACY/ONE_BYTE:ff modrm@2=e0 JUMP_INDIRECT
          c3 | ret len=1 LEGACY/ONE_BYTE:c3 RETURN
          c2 22 11 | ret len=3 LEGACY/ONE_BYTE:c2 imm@1+2=0x1122 RETURN
          f3 c3 | ret len=2 LEGACY/ONE_BYTE:c3 RETURN
          cb | ret len=1 LEGACY/ONE_BYTE:cb FAR
          ca 22 11 | ret len=3 LEGACY/ONE_BYTE:ca imm@1+2=0x1122 FAR
          ff 2d 44 33 22 11 | jmp len=6 LEGACY/ONE_BYTE:ff modrm@1=2d disp@2+4=0x11223344 FAR rip
          48 ff 18 | call len=3 LEGACY/ONE_BYTE:ff modrm@2=18 FAR
          48 cf | iretq len=2 LEGACY/ONE_BYTE:cf FAR
          48 0f 07 | sysret len=3 LEGACY/MAP_0F:07 FAR
          0f 35 | sysexit len=2 LEGACY/MAP_0F:35 FAR
          cd 80 | int len=2 LEGACY/ONE_BYTE:cd imm@1+1=0x80 INTERRUPT
          cc | int3 len=1 LEGACY/ONE_BYTE:cc INTERRUPT
          f1 | int1 len=1 LEGACY/ONE_BYTE:f1 INTERRUPT
          0f 05 | syscall len=2 LEGACY/MAP_0F:05 INTERRUPT
          0f 34 | sysenter len=2 LEGACY/MAP_0F:34 INTERRUPT
          0f 01 c1 | vmcall len=3 LEGACY/MAP_0F:01 modrm@2=c1 INTERRUPT
          0f 0b | ud2 len=2 LEGACY/MAP_0F:0b TRAP
          0f b9 c8 | ud1 len=3 LEGACY/MAP_0F:b9 modrm@2=c8 TRAP
          f4 | hlt len=1 LEGACY/ONE_BYTE:f4 TRAP
          55 | push len=1 LEGACY/ONE_BYTE:55 NEXT
          48 89 e5 | mov len=3 LEGACY/ONE_BYTE:89 modrm@2=e5 NEXT
          48 81 ec 44 33 22 11 | sub len=7 LEGACY/ONE_BYTE:81 modrm@2=ec simm@3+4=0x11223344 NEXT
          48 8d 3d 44 33 22 11 | lea len=7 LEGACY/ONE_BYTE:8d modrm@2=3d disp@3+4=0x11223344 NEXT rip
          67 48 8d 3d 44 33 22 11 | lea len=8 LEGACY/ONE_BYTE:8d modrm@3=3d disp@4+4=0x11223344 NEXT eip
          83 3d 44 33 22 11 55 | cmp len=7 LEGACY/ONE_BYTE:83 modrm@1=3d disp@2+4=0x11223344 simm@6+1=0x55 NEXT rip
          c7 05 44 33 22 11 88 77 66 55 | mov len=10 LEGACY/ONE_BYTE:c7 modrm@1=05 disp@2+4=0x11223344 simm@6+4=0x55667788 NEXT rip
          66 c7 05 44 33 22 11 66 55 | mov len=9 LEGACY/ONE_BYTE:c7 modrm@2=05 disp@3+4=0x11223344 simm@7+2=0x5566 NEXT rip
          49 c7 85 44 33 22 11 88 77 66 55 | mov len=11 LEGACY/ONE_BYTE:c7 modrm@2=85 disp@3+4=0x11223344 simm@7+4=0x55667788 NEXT
          67 83 3d 44 33 22 11 55 | cmp len=8 LEGACY/ONE_BYTE:83 modrm@2=3d disp@3+4=0x11223344 simm@7+1=0x55 NEXT eip
          f0 83 05 44 33 22 11 55 | add len=8 LEGACY/ONE_BYTE:83 modrm@2=05 disp@3+4=0x11223344 simm@7+1=0x55 NEXT rip
          49 ba 88 77 66 55 44 33 22 11 | mov len=10 LEGACY/ONE_BYTE:ba simm@2+8=0x1122334455667788 NEXT
          a0 88 77 66 55 44 33 22 11 | mov len=9 LEGACY/ONE_BYTE:a0 disp@1+8=0x1122334455667788 NEXT
          c8 22 11 05 | enter len=4 LEGACY/ONE_BYTE:c8 imm@1+2=0x1122 imm@3+1=0x5 NEXT
          f2 0f 10 0d 44 33 22 11 | movsd len=8 LEGACY/MAP_0F:10 modrm@3=0d disp@4+4=0x11223344 NEXT rip
          f2 4c 0f 2a 0d 44 33 22 11 | cvtsi2sd len=9 LEGACY/MAP_0F:2a modrm@4=0d disp@5+4=0x11223344 NEXT rip
          66 0f 38 00 0d 44 33 22 11 | pshufb len=9 LEGACY/MAP_0F38:00 modrm@4=0d disp@5+4=0x11223344 NEXT rip
          f2 48 0f 38 f1 05 44 33 22 11 | crc32 len=10 LEGACY/MAP_0F38:f1 modrm@5=05 disp@6+4=0x11223344 NEXT rip
          66 0f 3a 0f 0d 44 33 22 11 55 | palignr len=10 LEGACY/MAP_0F3A:0f modrm@4=0d disp@5+4=0x11223344 imm@9+1=0x55 NEXT rip
          66 0f 3a 61 0d 44 33 22 11 55 | pcmpestri len=10 LEGACY/MAP_0F3A:61 modrm@4=0d disp@5+4=0x11223344 imm@9+1=0x55 NEXT rip
          c5 fc 10 0d 44 33 22 11 | vmovups len=8 VEX/MAP_0F:10 modrm@3=0d disp@4+4=0x11223344 NEXT rip
          c5 f4 c6 15 44 33 22 11 55 | vshufps len=9 VEX/MAP_0F:c6 modrm@3=15 disp@4+4=0x11223344 imm@8+1=0x55 NEXT rip
          c4 e2 75 00 15 44 33 22 11 | vpshufb len=9 VEX/MAP_0F38:00 modrm@4=15 disp@5+4=0x11223344 NEXT rip
          c4 e3 75 0f 15 44 33 22 11 55 | vpalignr len=10 VEX/MAP_0F3A:0f modrm@4=15 disp@5+4=0x11223344 imm@9+1=0x55 NEXT rip
          c4 e3 71 4a 15 44 33 22 11 40 | vblendvps len=10 VEX/MAP_0F3A:4a modrm@4=15 disp@5+4=0x11223344 imm@9+1=0x40 NEXT rip
          c4 e3 fb f0 05 44 33 22 11 55 | rorx len=10 VEX/MAP_0F3A:f0 modrm@4=05 disp@5+4=0x11223344 imm@9+1=0x55 NEXT rip
          62 f1 7c 48 10 0d 44 33 22 11 | vmovups len=10 EVEX/MAP_0F:10 modrm@5=0d disp@6+4=0x11223344 NEXT rip
          62 f3 75 49 25 15 44 33 22 11 55 | vpternlogd len=11 EVEX/MAP_0F3A:25 modrm@5=15 disp@6+4=0x11223344 imm@10+1=0x55 NEXT rip
          62 f2 75 48 36 15 44 33 22 11 | vpermd len=10 EVEX/MAP_0F38:36 modrm@5=15 disp@6+4=0x11223344 NEXT rip
          62 f3 75 48 1f 15 44 33 22 11 05 | vpcmpd len=11 EVEX/MAP_0F3A:1f modrm@5=15 disp@6+4=0x11223344 imm@10+1=0x5 NEXT rip
          62 f1 7c 48 10 40 10 | vmovups len=7 EVEX/MAP_0F:10 modrm@5=40 disp@6+1=0x10 NEXT
          8f e8 78 c0 0d 44 33 22 11 55 | vprotb len=10 XOP/XOP_8:c0 modrm@4=0d disp@5+4=0x11223344 imm@9+1=0x55 NEXT rip
          0f 0f 0d 44 33 22 11 9e | pfadd len=8 THREE_DNOW/MAP_0F0F:9e modrm@2=0d disp@3+4=0x11223344 NEXT rip
          42 8b 44 8c 11 | mov len=5 LEGACY/ONE_BYTE:8b modrm@2=44 disp@4+1=0x11 NEXT
          66 0f 1f 84 00 44 33 22 11 | nop len=9 LEGACY/MAP_0F:1f modrm@3=84 disp@5+4=0x11223344 NEXT
          f3 0f 1e fa | endbr64 len=4 LEGACY/MAP_0F:1e modrm@3=fa NEXT
          """)
  void fieldsOf64BitInstructionsAreAsAssembled(String hex, String summary) {
    assertThat(FieldSummary.of(Decode.in64(hex))).isEqualTo(summary);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          66 e9 22 11 | jmp len=4 LEGACY/ONE_BYTE:e9 rel@2+2=0x1122 JUMP_RELATIVE
          e8 44 33 22 11 | call len=5 LEGACY/ONE_BYTE:e8 rel@1+4=0x11223344 CALL_RELATIVE
          0f 84 44 33 22 11 | jz len=6 LEGACY/MAP_0F:84 rel@2+4=0x11223344 COND_RELATIVE
          67 e3 11 | jcxz len=3 LEGACY/ONE_BYTE:e3 rel@2+1=0x11 LOOP_RELATIVE
          8b 0d 44 33 22 11 | mov len=6 LEGACY/ONE_BYTE:8b modrm@1=0d disp@2+4=0x11223344 NEXT
          67 8b 0e 22 11 | mov len=5 LEGACY/ONE_BYTE:8b modrm@2=0e disp@3+2=0x1122 NEXT
          a1 44 33 22 11 | mov len=5 LEGACY/ONE_BYTE:a1 disp@1+4=0x11223344 NEXT
          ea 44 33 22 11 66 55 | jmp len=7 LEGACY/ONE_BYTE:ea imm@1+4=0x11223344 imm@5+2=0x5566 FAR
          9a 44 33 22 11 66 55 | call len=7 LEGACY/ONE_BYTE:9a imm@1+4=0x11223344 imm@5+2=0x5566 FAR
          ce | into len=1 LEGACY/ONE_BYTE:ce INTERRUPT
          40 | inc len=1 LEGACY/ONE_BYTE:40 NEXT
          c4 08 | les len=2 LEGACY/ONE_BYTE:c4 modrm@1=08 NEXT
          62 01 | bound len=2 LEGACY/ONE_BYTE:62 modrm@1=01 NEXT
          cf | iretd len=1 LEGACY/ONE_BYTE:cf FAR
          c5 f5 fe 90 44 33 22 11 | vpaddd len=8 VEX/MAP_0F:fe modrm@3=90 disp@4+4=0x11223344 NEXT
          66 81 00 22 11 | add len=5 LEGACY/ONE_BYTE:81 modrm@2=00 simm@3+2=0x1122 NEXT
          """)
  void fieldsOf32BitInstructionsAreAsAssembled(String hex, String summary) {
    assertThat(FieldSummary.of(Decode.in32(hex))).isEqualTo(summary);
  }
}
