package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused of x86-32, by which rule, and that the text is not touched by it. */
class Refusal32Test {
  private static final long BASE = 0x40_1000;
  private static final long GATE = 0x10_0000;

  /** Bytes and mnemonics as GNU as --32 and objdump have them. */
  @ParameterizedTest(name = "{2} is refused by {0}")
  @CsvSource({
    "X86_FAR_TRANSFER,          cf,               iretd",
    "X86_FAR_TRANSFER,          cb,               far ret",
    "X86_FAR_TRANSFER,          9a010000000200,   call far 2:1",
    "X86_FAR_TRANSFER,          ea010000000200,   jmp far 2:1",
    "X86_FAR_TRANSFER,          ff28,             jmp far [eax]",
    "X86_FAR_TRANSFER,          ff18,             call far [eax]",
    "X86_INTERRUPT,             cd80,             int 0x80",
    "X86_INTERRUPT,             ce,               into",
    "X86_INTERRUPT,             f1,               int1",
    "X86_INTERRUPT,             0f34,             sysenter",
    "X86_TRAPS,                 0f0b,             ud2",
    "X86_TRAPS,                 f4,               hlt",
    "X86_BRANCH_OPERAND_SIZE,   66ffd0,           call ax",
    "X86_BRANCH_OPERAND_SIZE,   66ff10,           call word [eax]",
    "X86_BRANCH_OPERAND_SIZE,   66e90000,         jmp rel16",
    "X86_BRANCH_OPERAND_SIZE,   66e80000,         call rel16",
    "X86_BRANCH_OPERAND_SIZE,   66eb00,           jmp rel8 with 66",
    "X86_BRANCH_OPERAND_SIZE,   667500,           jnz rel8 with 66",
    "X86_BRANCH_OPERAND_SIZE,   660f850000,       jnz rel16",
    "X86_BRANCH_OPERAND_SIZE,   66e2fd,           loop with 66",
    "X86_SHADOWS_TRAPS,         17,               pop ss",
    "X86_SHADOWS_TRAPS,         6617,             pop ss of 16 bits",
    "X86_SHADOWS_TRAPS,         8ed0,             mov ss",
    "X86_SEGMENT_REGISTER,      1f,               pop ds",
    "X86_SEGMENT_REGISTER,      07,               pop es",
    "X86_SEGMENT_REGISTER,      0fa1,             pop fs",
    "X86_SEGMENT_REGISTER,      0fa9,             pop gs",
    "X86_SEGMENT_REGISTER,      8ed8,             mov ds",
    "X86_SEGMENT_REGISTER,      c500,             'lds eax, [eax]'",
    "X86_SEGMENT_REGISTER,      c400,             'les eax, [eax]'",
    "X86_SEGMENT_REGISTER,      0fb200,           'lss eax, [eax]'",
    "X86_SEGMENT_REGISTER,      0fb500,           'lgs eax, [eax]'",
    "X86_PRIVILEGED,            fa,               cli",
    "X86_PRIVILEGED,            0f22c0,           mov cr0",
    "X86_PRIVILEGED,            0f21c0,           mov from dr0",
    "X86_EMULATE_PREFIX,        0f0b78656e0fa2,   ud2 of xen's prefix",
    "X86_NOT_KNOWN_MOVABLE,     6200,             'bound eax, [eax]'",
    "X86_NOT_KNOWN_MOVABLE,     63c0,             'arpl ax, ax'",
    "X86_NOT_KNOWN_MOVABLE,     ec,               in al dx",
    "X86_NOT_KNOWN_MOVABLE,     6c,               insb",
    "X86_NOT_KNOWN_MOVABLE,     0f0110,           lgdt",
    "FOREIGN_BREAKPOINT,        cc,               int3",
    "UNDECODABLE,               0f04,             no instruction",
    "TRUNCATED,                 8b,               half a mov",
  })
  void an_instruction_that_may_not_move_is_refused(String code, String hex, String what) {
    Refusal refusal = refusal(hex, BASE, Tier.SINGLE_STEP);
    assertThat(refusal.code()).as(what).isEqualTo(code);
    assertThat(refusal.rule()).isNotBlank();
    assertThat(refusal.advice()).isNotBlank();
    assertThat(refusal.culprit().disassembly()).isNotBlank();
    assertThat(refusal.message()).contains(code, Long.toHexString(BASE));
  }

  /** 62, C4 and C5 are bound, les and lds only where their operand is memory. */
  @ParameterizedTest(name = "{1} is copied")
  @CsvSource({
    "c5f970c000,   'vpshufd xmm0, xmm0, 0'",
    "c5f877,       vzeroupper",
    "c4e27918c0,   'vbroadcastss xmm0, xmm0'",
    "62f17f487fc0, 'vmovdqu8 zmm0, zmm0'",
    "c5f9ebc0,     'vpor xmm0, xmm0, xmm0'",
    "c5f8c2c000,   'vcmpps xmm0, xmm0, xmm0, 0'",
  })
  void a_vector_instruction_is_told_from_the_old_one_that_begins_alike(String hex, String what) {
    Explanation explanation = explain(hex + "90909090909090", BASE);
    assertThat(explanation.verdict(Tier.BOOSTED).isAccepted()).as(what).isTrue();
    assertThat(explanation.verdict(Tier.OPTIMIZED).isAccepted()).as(what).isTrue();
  }

  @Test
  void an_indirect_call_in_front_of_more_of_its_window_is_refused() {
    // call eax; mov ecx, 5; ret
    assertThat(refusal("ffd0b905000000c3", BASE, Tier.OPTIMIZED).code())
        .isEqualTo("X86_RETURN_INTO_WINDOW");
  }

  @Test
  void a_call_of_the_next_instruction_that_lies_in_a_window_is_a_branch_into_it() {
    // call 1f; nop; 1: pop eax; mov ecx, 5; ret
    String code = "e8010000009058b905000000c3";
    Refusal refusal = refusal(code, BASE + 5, Tier.OPTIMIZED);
    assertThat(refusal.code()).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE);
    assertThat(explain(code, BASE).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
    assertThat(explain(code, BASE + 6).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
  }

  @Test
  void a_window_with_a_branch_into_the_middle_of_one_of_its_instructions_is_refused() {
    // jz +1 leads behind the opcode of the mov.
    assertThat(refusal("7401b801000000c3", BASE, Tier.OPTIMIZED).code())
        .isEqualTo("X86_BRANCH_INTO_INSTRUCTION");
  }

  private static Refusal refusal(String hex, long address, Tier tier) {
    return explain(hex, address).verdict(tier).refusal().orElseThrow();
  }

  private static Explanation explain(String hex, long address) {
    byte[] code = HexFormat.of().parseHex(hex);
    byte[] patched = code.clone();
    ByteArrayText text = ByteArrayText.at(BASE, patched);
    Explanation explanation;
    CodeMap map = CodeMap.of(new CodeMap.Function("f", AddressRange.ofLength(BASE, code.length)));
    try (Kprobes kprobes = Kprobes.builder(text).codeMap(map).gate(GATE).build()) {
      explanation = kprobes.explain(X86_32.at(address));
      assertThat(patched).isEqualTo(code);
      assertThat(kprobes.liveSlots()).isZero();
    }
    assertThat(text.liveAllocations()).isZero();
    return explanation;
  }
}
