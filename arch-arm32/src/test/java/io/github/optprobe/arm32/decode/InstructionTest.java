package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.Flags;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.arm32.table.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instructions as GNU as writes them, and what the architecture manual says of them. */
class InstructionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          e59f0008 | LOAD_LITERAL       | ldr r0, [pc, #8]
          e15f10b4 | LOAD_LITERAL       | ldrh r1, [pc, #-4]
          e1cf21d0 | LOAD_LITERAL       | ldrd r2, r3, [pc, #16]
          ed9f0b02 | VLOAD_LITERAL      | vldr d0, [pc, #8]
          f5dff008 | PRELOAD_LITERAL    | pld [pc, #8]
          e24f001c | ADR                | sub r0, pc, #28
          e08f0001 | DATA_READS_PC      | add r0, pc, r1
          e1a0100f | MOV_FROM_PC        | mov r1, pc
          e580f000 | STORE_PC           | str pc, [r0]
          e92d8010 | STORE_MULTIPLE_PC  | push {r4, pc}
          e51ff004 | LOAD_PC            | ldr pc, [pc, #-4]
          e79ff100 | LOAD_PC            | ldr pc, [pc, r0, lsl #2]
          e8bd8010 | LOAD_MULTIPLE_PC   | pop {r4, pc}
          e08ff100 | DATA_WRITES_PC     | add pc, pc, r0, lsl #2
          e58f0008 | PC_BASED_ACCESS    | str r0, [pc, #8]
          e79f0001 | PC_BASED_ACCESS    | ldr r0, [pc, r1]
          e12fff1f | BRANCH_REGISTER    | bx pc
          e12fff1e | BRANCH_REGISTER    | bx lr
          e12fff33 | CALL_REGISTER      | blx r3
          ebffffea | CALL               | bl
          faffffe9 | CALL_EXCHANGE      | blx
          eaffffe8 | BRANCH             | b
          1affffe7 | BRANCH_CONDITIONAL | bne
          e10f0000 | STATUS_READ        | mrs r0, apsr
          e128f000 | STATUS_WRITE       | msr apsr_nzcvq, r0
          e92d000f | COPY               | push {r0-r3}
          ed2d0b08 | COPY               | vpush {d0-d3}
          eef1fa10 | COPY               | vmrs apsr_nzcv, fpscr
          ee1d0f70 | COPY               | mrc p15, 0, r0, c13, c0, 3
          f421070d | COPY               | vld1.8 {d0}, [r1]!
          """)
  void a32IsTreatedAsTheManualSays(String hex, Treatment treatment, String text) {
    Instruction instruction = Decode.a32(hex);

    assertThat(instruction.treatment()).as(text).isEqualTo(treatment);
    assertThat(instruction.objection()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          4802      | LOAD_LITERAL       | ldr r0, [pc, #8]
          f8df 0008 | LOAD_LITERAL       | ldr.w r0, [pc, #8]
          e9df 2304 | LOAD_LITERAL       | ldrd r2, r3, [pc, #16]
          ed9f 0b02 | VLOAD_LITERAL      | vldr d0, [pc, #8]
          f89f f008 | PRELOAD_LITERAL    | pld [pc, #8]
          a001      | ADR                | adr r0
          f20f 000a | ADR                | addw r0, pc, #10
          f2af 000a | ADR                | subw r0, pc, #10
          4478      | DATA_READS_PC      | add r0, pc
          4679      | MOV_FROM_PC        | mov r1, pc
          46f7      | DATA_WRITES_PC     | mov pc, lr
          448f      | DATA_WRITES_PC     | add pc, r1
          bd10      | LOAD_MULTIPLE_PC   | pop {r4, pc}
          e8bd 8030 | LOAD_MULTIPLE_PC   | pop.w {r4, r5, pc}
          f85d fb04 | LOAD_PC            | ldr.w pc, [sp], #4
          f8df f008 | LOAD_PC            | ldr.w pc, [pc, #8]
          4778      | BRANCH_REGISTER    | bx pc
          4770      | BRANCH_REGISTER    | bx lr
          4798      | CALL_REGISTER      | blx r3
          f7ff ffe3 | CALL               | bl
          f7ff efe2 | CALL_EXCHANGE      | blx
          e7df      | BRANCH             | b
          f7ff bfde | BRANCH             | b.w
          d1dc      | BRANCH_CONDITIONAL | bne
          f47f afdb | BRANCH_CONDITIONAL | bne.w
          b140      | COMPARE_BRANCH     | cbz
          bbef      | COMPARE_BRANCH     | cbnz
          e8df f001 | TABLE_BRANCH       | tbb [pc, r1]
          e8d2 f011 | TABLE_BRANCH       | tbh [r2, r1, lsl #1]
          bf0c      | IF_THEN            | ite eq
          f3ef 8000 | STATUS_READ        | mrs r0, apsr
          f380 8800 | STATUS_WRITE       | msr apsr_nzcvq, r0
          46bd      | COPY               | mov sp, r7
          f10d 0d10 | COPY               | add.w sp, sp, #16
          fbb1 f0f2 | COPY               | udiv r0, r1, r2
          """)
  void t32IsTreatedAsTheManualSays(String hex, Treatment treatment, String text) {
    Instruction instruction = Decode.t32(hex);

    assertThat(instruction.treatment()).as(text).isEqualTo(treatment);
    assertThat(instruction.objection()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          A32 | e1b0f00e  | PRIVILEGED      | movs pc, lr
          A32 | e14f0000  | PRIVILEGED      | mrs r0, spsr
          A32 | e8dd0003  | PRIVILEGED      | ldm sp, {r0, r1}^
          A32 | e1910f9f  | EXCLUSIVE       | ldrex r0, [r1]
          A32 | ef000000  | SUPERVISOR_CALL | svc #0
          A32 | e1200071  | BREAKPOINT      | bkpt #1
          A32 | e7f000f1  | UNDEFINED       | udf #1
          A32 | ee110f10  | COPROCESSOR     | mrc p15, 0, r0, c1, c0, 0
          A32 | e1020091  | OBSOLETE        | swp r0, r1, [r2]
          A32 | e4b10000  | USER_MODE       | ldrt r0, [r1]
          A32 | e58ff008  | PC_TWICE        | str pc, [pc, #8]
          A32 | f1010200  | PROCESSOR_STATE | setend be
          A32 | f1020010  | PROCESSOR_STATE | cps #16
          A32 | e12fff21  | JAZELLE         | bxj r1
          A32 | e1400070  | HYPERVISOR      | hvc #0
          A32 | e1600070  | SECURE_MONITOR  | smc #0
          A32 | e1010042  | NEWER           | crc32b r0, r1, r2
          A32 | e5b11004  | UNPREDICTABLE   | ldr r1, [r1, #4]!
          A32 | e5bf0004  | UNPREDICTABLE   | ldr r0, [pc, #4]!
          A32 | e1c110d0  | UNPREDICTABLE   | ldrd r1, r2, [r1]
          A32 | e8b10003  | UNPREDICTABLE   | ldm r1!, {r0, r1}
          A32 | e8900000  | UNPREDICTABLE   | ldm r0, {}
          A32 | e1a0031f  | UNPREDICTABLE   | lsl r0, pc, r3
          A32 | e1a10002  | SHOULD_BE_ZERO  | mov r0, r2 with a bit of Rn
          A32 | e12ffe1e  | SHOULD_BE_ZERO  | bx lr with a bit off
          A32 | f33d7866  | UNDECODED       | no SIMD instruction
          T32 | e851 0f00 | EXCLUSIVE       | ldrex r0, [r1]
          T32 | df00      | SUPERVISOR_CALL | svc #0
          T32 | be01      | BREAKPOINT      | bkpt #1
          T32 | de18      | UNDEFINED       | udf #0x18
          T32 | f7f0 a018 | UNDEFINED       | udf.w #0x18
          T32 | b650      | PROCESSOR_STATE | setend le
          T32 | 4471      | COPY            | add r1, lr
          T32 | 44ff      | UNPREDICTABLE   | add pc, pc
          T32 | 4508      | UNPREDICTABLE   | cmp r0, r1 as if high
          T32 | 47f8      | UNPREDICTABLE   | blx pc
          T32 | e8bd c000 | UNPREDICTABLE   | pop.w {lr, pc}
          T32 | e92d 0001 | UNPREDICTABLE   | push.w {r0}
          T32 | bff8      | UNPREDICTABLE   | it with condition 15
          T32 | f840 0000 | COPY            | str.w r0, [r0, r0]
          T32 | f84f 0000 | UNPREDICTABLE   | str.w r0, [pc, r0]
          """)
  void whatCannotBeProbedIsRefusedWithAReason(String set, String hex, String reason, String text) {
    Instruction instruction = Decode.any(set, hex);
    boolean accepted = reason.equals("COPY");

    assertThat(instruction.objection())
        .as(text)
        .isEqualTo(accepted ? null : Objection.valueOf(reason));
    assertThat(instruction.verdict().isRefused()).isEqualTo(!accepted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          A32 | e0b10002  | r1 r2       | r0        | c     | nzcv | adcs r0, r1, r2
          A32 | e1b00181  | r1          | r0        | c     | nzc  | lsls r0, r1, #3
          A32 | e1a00181  | r1          | r0        |       |      | lsl r0, r1, #3
          A32 | e1a00061  | r1          | r0        | c     |      | rrx r0, r1
          A32 | e0a10392  | r0 r1 r2 r3 | r0 r1     |       |      | umlal r0, r1, r2, r3
          A32 | e7c60191  | r0 r1       | r0        |       |      | bfi r0, r1, #3, #4
          A32 | e4910004  | r1          | r0 r1     |       |      | ldr r0, [r1], #4
          A32 | e1cf21d0  | r15         | r2 r3     |       |      | ldrd r2, r3, [pc, #16]
          A32 | f421070d  | r1          | r1        |       |      | vld1.8 {d0}, [r1]!
          A32 | f4210702  | r1 r2       | r1        |       |      | vld1.8 {d0}, [r1], r2
          A32 | f421070f  | r1          |           |       |      | vld1.8 {d0}, [r1]
          A32 | e8bd8010  | r13         | r4 r13 r15|       |      | pop {r4, pc}
          A32 | ebffffea  | r15         | r14 r15   |       |      | bl
          A32 | 1affffe7  | r15         | r15       | z     |      | bne
          A32 | e10f0000  |             | r0        | nzcvqg|      | mrs r0, apsr
          A32 | eef1fa10  |             |           |       | nzcv | vmrs apsr_nzcv, fpscr
          A32 | e1010052  | r1 r2       | r0        | q     | q    | qadd r0, r2, r1
          A32 | 01510002  | r1 r2       |           | z     | nzcv | cmpeq r1, r2
          T32 | 4148      | r0 r1       | r0        | c     | nzcv | adcs r0, r1
          T32 | c006      | r0 r1 r2    | r0        |       |      | stm r0!, {r1, r2}
          T32 | c806      | r0          | r0 r1 r2  |       |      | ldm r0!, {r1, r2}
          T32 | c805      | r0          | r0 r2     |       |      | ldm r0, {r0, r2}
          T32 | b501      | r0 r13 r14  | r13       |       |      | push {r0, lr}
          T32 | b140      | r0 r15      | r15       |       |      | cbz r0
          """)
  void registersAndFlagsAreThoseOfTheManual(
      String set, String hex, String read, String written, String flagsRead, String flagsWritten) {
    Verdict verdict = Decode.any(set, hex).verdict();

    assertThat(verdict.registersRead()).as("read").isEqualTo(registers(read));
    assertThat(verdict.registersWritten()).as("written").isEqualTo(registers(written));
    assertThat(verdict.flagsRead()).as("flags read").isEqualTo(flags(flagsRead));
    assertThat(verdict.flagsWritten()).as("flags written").isEqualTo(flags(flagsWritten));
  }

  private static int registers(String names) {
    int bits = 0;
    for (String name : names == null ? new String[0] : names.split(" ", -1)) {
      bits |= 1 << Integer.parseInt(name.substring(1));
    }
    return bits;
  }

  private static int flags(String letters) {
    return letters == null
        ? 0
        : letters.chars().map(InstructionTest::flag).reduce(0, (a, b) -> a | b);
  }

  private static int flag(int letter) {
    return switch (letter) {
      case 'n' -> Flags.N;
      case 'z' -> Flags.Z;
      case 'c' -> Flags.C;
      case 'v' -> Flags.V;
      case 'q' -> Flags.Q;
      default -> Flags.GE;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          A32 | e16d00f8  | 8  | 0  | strd r0, r1, [sp, #-8]!
          A32 | e50d000c  | 12 | 0  | str r0, [sp, #-12]
          A32 | e58d000c  | 0  | 0  | str r0, [sp, #12]
          A32 | e78d0001  | -1 | 0  | str r0, [sp, r1]
          A32 | e781000d  | -1 | 0  | str r0, [r1, sp]
          A32 | e92d000f  | 16 | 0  | push {r0-r3}
          A32 | e80d000f  | 12 | 0  | stmda sp, {r0-r3}
          A32 | e52d0004  | 4  | 0  | push {r0}
          A32 | e40d0004  | 0  | 0  | str r0, [sp], #-4
          A32 | ed2d0b08  | 32 | 0  | vpush {d0-d3}
          A32 | ed0d0b02  | 8  | 0  | vstr d0, [sp, #-8]
          A32 | e51d0008  | 0  | 8  | ldr r0, [sp, #-8]
          A32 | e79d0001  | 0  | -1 | ldr r0, [sp, r1]
          A32 | e8bd8010  | 0  | 0  | pop {r4, pc}
          A32 | e920000f  | 0  | 0  | stmdb r0!, {r0-r3} of no concern
          T32 | b501      | 8  | 0  | push {r0, lr}
          T32 | e92d 41f0 | 24 | 0  | push.w {r4-r8, lr}
          T32 | e96d 0104 | 16 | 0  | strd r0, r1, [sp, #-16]!
          T32 | f84d 0c0c | 12 | 0  | str.w r0, [sp, #-12]
          T32 | f84d 0001 | -1 | 0  | str.w r0, [sp, r1]
          T32 | 9001      | 0  | 0  | str r0, [sp, #4]
          """)
  void accessesBelowTheStackPointerAreMeasured(
      String set, String hex, int stored, int loaded, String text) {
    Verdict verdict = Decode.any(set, hex).verdict();

    assertThat(verdict.isRefused()).as(text).isFalse();
    assertThat(verdict.storedBelowSp()).as(text).isEqualTo(stored);
    assertThat(verdict.loadedBelowSp()).as(text).isEqualTo(loaded);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          36 | f7ff ffe3 | 0
          3a | f7ff efe2 | 0
          3e | e7df      | 0
          40 | f7ff bfde | 0
          44 | d1dc      | 0
          46 | f47f afdb | 0
          4a | b140      | 5e
          4c | bbef      | ca
          2  | e7fe      | 2
          0  | f7ff fffa | fffffff8
          """)
  void targetsAreTheAssemblersLabels(String address, String hex, String target) {
    Instruction instruction = Decode.t32(hex, Long.parseLong(address, 16), ItState.OUTSIDE);

    assertThat(instruction.branchTarget()).isEqualTo(Long.parseLong(target, 16));
  }

  @Test
  void whatHasNoTargetSaysSo() {
    assertThatIllegalStateException().isThrownBy(() -> Decode.a32("e12fff1e").branchTarget());
  }

  @Test
  void conditionIsTheInstructionsOwnOrThatOfItsBlock() {
    assertThat(Decode.a32("1affffe7").condition()).isEqualTo(Condition.NE);
    assertThat(Decode.t32("d1dc").condition()).isEqualTo(Condition.NE);
    assertThat(Decode.t32("f47f afdb").condition()).isEqualTo(Condition.NE);
    assertThat(Decode.t32("4608").condition()).isEqualTo(Condition.AL);
    assertThat(Decode.t32("4608", 0x1000, new ItState(0x18)).condition()).isEqualTo(Condition.NE);
  }

  @Test
  void blockOfIteGivesEachInstructionItsCondition() {
    ArmDecoder decoder = ArmDecoder.of(ArmSet.T32);
    List<String> texts = new ArrayList<>();
    ItState it = ItState.OUTSIDE;
    for (int halfword : new int[] {0xBF0C, 0x1C40, 0x1C49, 0x1C52}) {
      Instruction instruction = decoder.decode(halfword, 2, 0x1000, it);
      texts.add(decoder.format(instruction));
      it = instruction.nextIt();
    }

    assertThat(texts)
        .containsExactly("ite eq", "addeq r0, r0, #1", "addne r1, r1, #1", "adds r2, r2, #1");
  }

  @Test
  void flagsAreLeftAloneWithinABlockButByComparisons() {
    ItState eq = new ItState(0x08);

    assertThat(Decode.t32("1c40", 0x1000, eq).verdict().flagsWritten()).isZero();
    assertThat(Decode.t32("2801", 0x1000, eq).verdict().flagsWritten()).isEqualTo(Flags.NZCV);
    assertThat(Decode.t32("1c40", 0x1000, eq).verdict().flagsRead()).isEqualTo(Flags.Z);
  }

  @ParameterizedTest
  @CsvSource({"e7df", "4770", "4798", "46f7", "bd10", "'f7ff ffe3'", "'e8df f001'"})
  void branchesStandLastInABlock(String hex) {
    assertThat(Decode.t32(hex, 0x1000, new ItState(0x08)).objection()).isNull();
    assertThat(Decode.t32(hex, 0x1000, new ItState(0x0C)).objection())
        .isEqualTo(Objection.UNPREDICTABLE_IN_IT);
  }

  @ParameterizedTest
  @CsvSource({"d1dc", "b140", "bf0c", "'f47f afdb'"})
  void conditionsOfTheirOwnDoNotStandInABlock(String hex) {
    assertThat(Decode.t32(hex, 0x1000, new ItState(0x08)).objection())
        .isEqualTo(Objection.UNPREDICTABLE_IN_IT);
  }

  @Test
  void fieldsAreReadByLetter() {
    assertThat(Decode.a32("e59f2008").field('t')).isEqualTo(2);
    assertThat(Decode.a32("e59f2008").field('i')).isEqualTo(8);
    assertThat(Decode.t32("46bd").field('d')).isEqualTo(13);
    assertThatIllegalArgumentException().isThrownBy(() -> Decode.t32("46bd").field('s'));
  }

  @Test
  void bytesAreThoseInMemory() {
    assertThat(Decode.a32("e59f0008").bytes()).containsExactly(0x08, 0x00, 0x9F, 0xE5);
    assertThat(Decode.t32("f8df 0008").bytes()).containsExactly(0xDF, 0xF8, 0x08, 0x00);
    assertThat(Decode.t32("4770").bytes()).containsExactly(0x70, 0x47);
  }

  @Test
  void pcIsAheadAndAlignedWhereAsked() {
    assertThat(Decode.a32("e59f0008").pc()).isEqualTo(0x1008);
    Instruction odd = Decode.t32("4802", 0x1002, ItState.OUTSIDE);
    assertThat(odd.pc()).isEqualTo(0x1006);
    assertThat(odd.alignedPc()).isEqualTo(0x1004);
    assertThat(odd.nextAddress()).isEqualTo(0x1004);
  }
}
