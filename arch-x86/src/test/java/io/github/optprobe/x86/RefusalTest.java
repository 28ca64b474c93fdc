package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, by which rule, and that the text is not touched by it. */
class RefusalTest {
  private static final long BASE = 0x40_1000;
  private static final long GATE = 0x10_0000;

  /** Bytes and mnemonics as GNU as and objdump have them. */
  @ParameterizedTest(name = "{2} is refused by {0}")
  @CsvSource({
    "X86_FAR_TRANSFER,          48cf,             iretq",
    "X86_FAR_TRANSFER,          cb,               far ret",
    "X86_FAR_TRANSFER,          ff28,             jmp far [rax]",
    "X86_FAR_TRANSFER,          ff18,             call far [rax]",
    "X86_FAR_TRANSFER,          480f07,           sysret",
    "X86_INTERRUPT,             cd80,             int 0x80",
    "X86_INTERRUPT,             f1,               int1",
    "X86_INTERRUPT,             0f05,             syscall",
    "X86_TRAPS,                 0f0b,             ud2",
    "X86_TRAPS,                 f4,               hlt",
    "X86_BRANCH_OPERAND_SIZE,   66ffd0,           call ax",
    "X86_BRANCH_OPERAND_SIZE,   66e900000000,     jmp with 66",
    "X86_BRANCH_OPERAND_SIZE,   667500,           jnz with 66",
    "X86_SHADOWS_TRAPS,         8ed0,             mov ss",
    "X86_SEGMENT_REGISTER,      8ed8,             mov ds",
    "X86_SEGMENT_REGISTER,      0fa1,             pop fs",
    "X86_SEGMENT_REGISTER,      0fa9,             pop gs",
    "X86_PRIVILEGED,            fa,               cli",
    "X86_PRIVILEGED,            fb,               sti",
    "X86_PRIVILEGED,            0f22c0,           mov cr0",
    "X86_PRIVILEGED,            0f21c0,           mov from dr0",
    "X86_PRIVILEGED,            8fe97812c0,       llwpcb",
    "X86_PRIVILEGED,            8fea7812c001000000, lwpins",
    "X86_EMULATE_PREFIX,        0f0b78656e0fa2,   ud2 of xen's prefix",
    "X86_EMULATE_PREFIX,        0f0b6b766d0fa2,   ud2 of kvm's prefix",
    "X86_NOT_KNOWN_MOVABLE,     0f01ef,           wrpkru",
    "X86_NOT_KNOWN_MOVABLE,     f3480faed0,       wrfsbase",
    "X86_NOT_KNOWN_MOVABLE,     ec,               in al dx",
    "FOREIGN_BREAKPOINT,        cc,               int3",
    "UNDECODABLE,               06,               push es",
    "TRUNCATED,                 488b,             half a mov",
  })
  void an_instruction_that_may_not_move_is_refused(String code, String hex, String what) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(refusal(bytes, BASE, Tier.SINGLE_STEP))
        .as(what)
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code))
        .satisfies(RefusalTest::isComplete);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "0f0b78656e0fa2, 5, behind xen's prefix",
    "0f0b78656eeb00, 5, a branch behind xen's prefix",
    "0f0b78656e0fa2, 2, inside xen's prefix",
    "0f0b6b766d0fa2, 2, inside kvm's prefix",
  })
  void nothing_in_or_behind_an_emulate_prefix_is_probed(String hex, int offset, String where) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    ByteArrayText text = ByteArrayText.at(BASE, bytes);
    try (Kprobes kprobes = Kprobes.builder(text).trustBoundaries().gate(GATE).build()) {
      Explanation explanation = kprobes.explain(X86_64.at(BASE + offset));
      assertThat(explanation.isProbeable()).as(where).isFalse();
      assertThat(explanation.verdict(Tier.BOOSTED).refusal().orElseThrow().code())
          .isIn("X86_EMULATE_PREFIX", "TRUNCATED");
    }
  }

  /** The kernel's classification reads the opcode byte of VEX instructions as a legacy branch. */
  @ParameterizedTest(name = "{1} is no branch")
  @CsvSource({
    "c5f970c000,   vpshufd (70: jo)",
    "c5f974c0,     vpcmpeqb (74: jz)",
    "62f17f487fc0, vmovdqu8 (7F: jg)",
    "c5f9fbc0,     vpsubq (FB: sti)",
    "c5f9ebc0,     vpor (EB: jmp)",
    "c5f8c2c000,   vcmpps (C2: ret)",
  })
  void a_vector_opcode_that_looks_like_a_branch_is_copied(String hex, String what) {
    byte[] bytes = HexFormat.of().parseHex(hex + "90909090909090");

    assertThat(explain(bytes, BASE).verdict(Tier.BOOSTED).isAccepted()).as(what).isTrue();
    assertThat(explain(bytes, BASE).verdict(Tier.OPTIMIZED).isAccepted()).as(what).isTrue();
  }

  @Test
  void an_address_in_the_middle_of_an_instruction_is_refused_with_the_boundary_below() {
    byte[] bytes = HexFormat.of().parseHex("4889e590");

    Refusal refusal = refusal(bytes, BASE + 1, Tier.BOOSTED);

    assertThat(refusal).isInstanceOf(Refusal.NotABoundary.class);
    assertThat(refusal.advice()).contains(Long.toHexString(BASE));
  }

  @Test
  void an_unmapped_address_is_refused() {
    ByteArrayText text = ByteArrayText.at(BASE, new byte[] {(byte) 0x90});
    try (Kprobes kprobes = Kprobes.builder(text).trustBoundaries().build()) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> kprobes.register(Kprobe.at(X86_64.at(0x123)).build()))
          .satisfies(thrown -> assertThat(thrown.refusal().code()).isEqualTo("UNMAPPED"));
    }
  }

  @Test
  void a_window_with_a_branch_into_the_middle_of_one_of_its_instructions_is_refused() {
    // jz +1 leads behind the opcode of the mov.
    byte[] bytes = HexFormat.of().parseHex("7401b801000000c3");

    assertThat(refusal(bytes, BASE, Tier.OPTIMIZED).code())
        .isEqualTo("X86_BRANCH_INTO_INSTRUCTION");
  }

  @Test
  void a_branch_from_outside_into_the_window_is_refused_and_named() {
    // 0: nop; 1: nop; 2: nop; 3: mov eax, 1; 8: jnz 1; 10: ret
    byte[] bytes = HexFormat.of().parseHex("909090b80100000075f7c3");

    Refusal refusal = refusal(bytes, BASE, Tier.OPTIMIZED);

    assertThat(refusal.code()).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 8);
    assertThat(explain(bytes, BASE + 3).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
  }

  @Test
  void a_branch_into_the_only_instruction_of_a_window_is_refused_too() {
    // test edi, edi; jz over the lock prefix; lock cmpxchg [rip+16], eax; mov eax, 42; ret
    byte[] bytes = HexFormat.of().parseHex("85ff7401f00fb10510000000b82a000000c3");

    Refusal refusal = refusal(bytes, BASE + 4, Tier.OPTIMIZED);

    assertThat(refusal.code()).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 2);
    assertThat(explain(bytes, BASE + 4).verdict(Tier.BOOSTED).isAccepted()).isTrue();
  }

  @Test
  void without_a_known_function_nothing_is_optimized() {
    ByteArrayText text = ByteArrayText.at(BASE, HexFormat.of().parseHex("b82a000000c39090909090"));
    try (Kprobes kprobes = Kprobes.builder(text).trustBoundaries().gate(GATE).build()) {
      Explanation explanation = kprobes.explain(X86_64.at(BASE));
      assertThat(explanation.verdict(Tier.BOOSTED).isAccepted()).isTrue();
      assertThat(explanation.verdict(Tier.OPTIMIZED).refusal().orElseThrow().code())
          .isEqualTo("OUTSIDE_KNOWN_CODE");
    }
  }

  @Test
  void code_behind_a_return_is_not_overwritten_unless_it_is_padding() {
    // ret; mov rdi, rax; pop rbx; pop rbp; ret
    byte[] landingPad = HexFormat.of().parseHex("c34889c75b5dc3");
    // ret; four nops; mov eax, 1; ret
    byte[] padding = HexFormat.of().parseHex("c390909090b801000000c3");

    assertThat(refusal(landingPad, BASE, Tier.OPTIMIZED).code()).isEqualTo("X86_BEHIND_TRANSFER");
    assertThat(explain(padding, BASE).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
  }

  @Test
  void an_indirect_jump_forbids_windows_of_several_instructions_only() {
    // push rbp; mov rbp, rsp; mov eax, 1; jmp rax
    byte[] bytes = HexFormat.of().parseHex("554889e5b801000000ffe0");

    assertThat(refusal(bytes, BASE, Tier.OPTIMIZED).code()).isEqualTo("INDIRECT_JUMP");
    assertThat(explain(bytes, BASE + 4).verdict(Tier.OPTIMIZED).isAccepted()).isTrue();
  }

  @Test
  void a_window_that_leaves_the_function_is_refused() {
    byte[] bytes = HexFormat.of().parseHex("b801000000c3");

    assertThat(refusal(bytes, BASE + 5, Tier.OPTIMIZED).code()).isEqualTo("WINDOW_LEAVES_FUNCTION");
    // Behind its end stands an indirect call, which is not its business.
    byte[] longer = HexFormat.of().parseHex("b801000000c3ffd0909090");
    ByteArrayText text = ByteArrayText.at(BASE, longer);
    try (Kprobes kprobes = kprobes(text, 6)) {
      Explanation explanation = kprobes.explain(X86_64.at(BASE + 5));
      assertThat(explanation.verdict(Tier.OPTIMIZED).refusal())
          .hasValueSatisfying(
              refusal -> assertThat(refusal.code()).isEqualTo("WINDOW_LEAVES_FUNCTION"));
      assertThat(explanation.verdict(Tier.BOOSTED).isAccepted()).isTrue();
    }
  }

  @Test
  void without_memory_in_reach_the_probe_is_refused_with_the_interval() {
    byte[] bytes = HexFormat.of().parseHex("9090909090c3");
    NothingFree text = new NothingFree(ByteArrayText.at(BASE, bytes));
    try (Kprobes kprobes = Kprobes.builder(text).codeMap(map(6)).gate(GATE).build()) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> kprobes.register(Kprobe.at(X86_64.at(BASE)).build()))
          .satisfies(
              thrown -> assertThat(thrown.refusal()).isInstanceOf(Refusal.NoMemoryInReach.class));
    }
    assertThat(text.readFully(BASE, bytes.length)).isEqualTo(bytes);
  }

  private static void isComplete(Refusal refusal) {
    assertThat(refusal.rule()).isNotBlank();
    assertThat(refusal.advice()).isNotBlank();
    assertThat(refusal.culprit().bytes()).isNotBlank();
    assertThat(refusal.culprit().disassembly()).isNotBlank();
    assertThat(refusal.message()).contains(refusal.code(), Long.toHexString(BASE));
  }

  private static Refusal refusal(byte[] code, long address, Tier tier) {
    return explain(code, address).verdict(tier).refusal().orElseThrow();
  }

  private static Explanation explain(byte[] code, long address) {
    byte[] patched = code.clone();
    ByteArrayText text = ByteArrayText.at(BASE, patched);
    Explanation explanation;
    try (Kprobes kprobes = kprobes(text, code.length)) {
      explanation = kprobes.explain(X86_64.at(address));
      assertThat(patched).isEqualTo(code);
      assertThat(kprobes.liveSlots()).isZero();
    }
    assertThat(text.liveAllocations()).isZero();
    return explanation;
  }

  private static Kprobes kprobes(ByteArrayText text, int functionBytes) {
    return Kprobes.builder(text).codeMap(map(functionBytes)).gate(GATE).build();
  }

  private static CodeMap map(int bytes) {
    return CodeMap.of(new CodeMap.Function("f", AddressRange.ofLength(BASE, bytes)));
  }
}
