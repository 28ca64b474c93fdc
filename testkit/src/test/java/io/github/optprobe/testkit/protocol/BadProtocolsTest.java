package io.github.optprobe.testkit.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocols that are known to be bad are found out, each for its own flaw and no other. */
class BadProtocolsTest {
  private static final long BASE = 0x40_0000;
  private static final long BUFFER = 0x50_0000;
  private static final int UNIT = 8;
  private static final int LINE = 64;

  /** movabs rax, imm64; ret */
  private static final byte[] WIDE = bytes("48b8 8877665544332211 c3");

  /** mov eax, edi; add eax, 7; mov ecx, eax; ret */
  private static final byte[] SEVERAL = bytes("89f8 83c007 89c1 c3");

  private static final byte[] INT3 = bytes("cc");

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] jump(long from) {
    int distance = (int) (BUFFER - (from + 5));
    byte[] jump = new byte[5];
    jump[0] = (byte) 0xE9;
    for (int i = 0; i < 4; i++) {
      jump[1 + i] = (byte) (distance >> (8 * i));
    }
    return jump;
  }

  private static ProtocolCheck check(long base, byte[] code) {
    return ProtocolCheck.of(new FewInstructions(), base, code)
        .map(BUFFER, new byte[16])
        .patch(base, jump(base));
  }

  private static byte[] tail(byte[] jump) {
    return Arrays.copyOfRange(jump, 1, jump.length);
  }

  private static byte[] head(byte[] jump) {
    return Arrays.copyOf(jump, 1);
  }

  private static void store(TextMemory text, long address, byte[] bytes) {
    text.write(address, bytes);
  }

  private static void poke(TextMemory text, long address, byte[] bytes) {
    text.write(address, bytes);
    text.synchronizeCpus();
  }

  /** Breakpoint, tail, head, the CPUs synchronised after each. */
  private static void threeSteps(TextMemory text, long base) {
    byte[] jump = jump(base);
    poke(text, base, INT3);
    poke(text, base + 1, tail(jump));
    poke(text, base, head(jump));
  }

  private static void requireQuiet(TextMemory text) {
    if (!text.isQuiescent(new AddressRange(BASE + 1, BASE + 6))) {
      throw new TextException(TextException.Operation.WRITE, BASE, 5, "somebody is there");
    }
  }

  private static void isFlawed(ProtocolReport report, Flaw flaw) {
    assertThat(report.flaws()).as(report.toString()).containsExactly(flaw);
    assertThat(report.isSafe()).isFalse();
    assertThat(report.violationCount()).isPositive();
  }

  private static void isSafe(ProtocolReport report) {
    assertThat(report.isSafe()).as(report.toString()).isTrue();
    assertThat(report.violationCount()).isZero();
    assertThat(report.count(Verdict.NEITHER)).isZero();
    assertThat(report.count(Verdict.OLD)).isPositive();
    assertThat(report.count(Verdict.NEW)).isPositive();
  }

  @Test
  void three_steps_over_one_instruction_are_safe() {
    ProtocolReport report = check(BASE, WIDE).check(text -> threeSteps(text, BASE));
    isSafe(report);
    assertThat(report.count(Verdict.TRAP)).isPositive();
    assertThat(report.runs()).isEqualTo(1);
    assertThat(report.steps()).isEqualTo(7);
  }

  /** From offset 4 on it crosses a multiple of 8. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void a_plain_store_of_many_bytes_is_torn_where_it_crosses_a_unit(int offset) {
    long base = BASE + offset;
    ProtocolReport report = check(base, WIDE).check(text -> poke(text, base, jump(base)));
    if (offset + 5 <= UNIT) {
      isSafe(report);
    } else {
      isFlawed(report, Flaw.TORN_STORE);
    }
  }

  @Test
  void a_breakpoint_does_not_help_if_the_tail_follows_without_a_synchronisation() {
    byte[] jump = jump(BASE);
    isFlawed(
        check(BASE, WIDE)
            .check(
                text -> {
                  store(text, BASE, INT3);
                  poke(text, BASE + 1, tail(jump));
                  poke(text, BASE, head(jump));
                }),
        Flaw.UNSYNCHRONIZED);
  }

  @Test
  void nor_if_the_head_follows_the_tail_without_one() {
    byte[] jump = jump(BASE);
    isFlawed(
        check(BASE, WIDE)
            .check(
                text -> {
                  poke(text, BASE, INT3);
                  store(text, BASE + 1, tail(jump));
                  poke(text, BASE, head(jump));
                }),
        Flaw.UNSYNCHRONIZED);
  }

  /** One store where a cache line holds the jump; where none does, one for each line. */
  @ParameterizedTest
  @ValueSource(ints = {58, 59, 60, 61, 62, 63, 64})
  void two_cache_lines_need_a_synchronisation_in_between(int offset) {
    long base = BASE + offset;
    byte[] jump = jump(base);
    int inFirst = Math.min(5, LINE - offset % LINE);
    ProtocolReport report =
        check(base, WIDE)
            .model(FetchModel.cacheLines(UNIT, LINE))
            .check(
                text -> {
                  poke(text, base, INT3);
                  store(text, base + inFirst, Arrays.copyOfRange(jump, inFirst, 5));
                  poke(text, base, Arrays.copyOf(jump, inFirst));
                });
    if (inFirst == 5) {
      isSafe(report);
    } else {
      isFlawed(report, Flaw.UNSYNCHRONIZED);
    }
  }

  @Test
  void the_head_must_not_come_before_the_tail() {
    byte[] jump = jump(BASE);
    isFlawed(
        check(BASE, WIDE)
            .check(
                text -> {
                  poke(text, BASE, INT3);
                  poke(text, BASE, head(jump));
                  poke(text, BASE + 1, tail(jump));
                }),
        Flaw.WRONG_ORDER);
  }

  @Test
  void a_thread_may_have_been_preempted_inside_the_window() {
    ProtocolReport report = check(BASE, SEVERAL).check(text -> threeSteps(text, BASE));
    isFlawed(report, Flaw.STANDING_INSIDE);
    assertThat(report.violations()).extracting(Violation::address).containsExactly(BASE + 2);
  }

  @Test
  void who_asks_behind_the_breakpoint_and_gives_up_is_safe() {
    ProtocolReport report =
        check(BASE, SEVERAL)
            .check(
                text -> {
                  poke(text, BASE, INT3);
                  requireQuiet(text);
                  threeSteps(text, BASE);
                });
    isSafe(report);
    // Alone; somebody at +2 and at +5, once and always.
    assertThat(report.runs()).isEqualTo(5);
  }

  @Test
  void who_asks_before_the_breakpoint_stands_lets_one_in_afterwards() {
    isFlawed(
        check(BASE, SEVERAL)
            .check(
                text -> {
                  requireQuiet(text);
                  threeSteps(text, BASE);
                }),
        Flaw.STANDING_INSIDE);
  }

  /** A copy of the first instruction leads back behind it. */
  @Test
  void who_resumes_traps_into_the_window_lets_one_in_too() {
    isFlawed(
        check(BASE, SEVERAL)
            .check(
                new PatchProtocol() {
                  @Override
                  public void patch(TextMemory text) {
                    poke(text, BASE, INT3);
                    requireQuiet(text);
                    threeSteps(text, BASE);
                  }

                  @Override
                  public OptionalLong trapped(long address) {
                    return OptionalLong.of(address + 2);
                  }
                }),
        Flaw.STANDING_INSIDE);
  }

  @Test
  void taking_back_begins_with_the_head_too() {
    ProtocolCheck patched = check(BASE, WIDE).startingPatched();
    isFlawed(
        patched.check(
            text -> {
              poke(text, BASE + 1, Arrays.copyOfRange(WIDE, 1, 5));
              poke(text, BASE, head(WIDE));
            }),
        Flaw.WRONG_ORDER);
    isSafe(
        patched.check(
            text -> {
              poke(text, BASE, INT3);
              poke(text, BASE + 1, Arrays.copyOfRange(WIDE, 1, 5));
              poke(text, BASE, head(WIDE));
            }));
  }

  @Test
  void a_trap_must_be_answered() {
    isFlawed(
        check(BASE, WIDE)
            .check(
                new PatchProtocol() {
                  @Override
                  public void patch(TextMemory text) {
                    threeSteps(text, BASE);
                  }

                  @Override
                  public OptionalLong trapped(long address) {
                    return OptionalLong.empty();
                  }
                }),
        Flaw.UNANSWERED_TRAP);
  }

  @Test
  void a_trap_must_not_be_sent_into_an_instruction() {
    isFlawed(
        check(BASE, WIDE)
            .check(
                new PatchProtocol() {
                  @Override
                  public void patch(TextMemory text) {
                    threeSteps(text, BASE);
                  }

                  @Override
                  public OptionalLong trapped(long address) {
                    return OptionalLong.of(address + 1);
                  }
                }),
        Flaw.UNANSWERED_TRAP);
  }

  @Test
  void the_buffer_must_be_seen_before_anything_leads_there() {
    byte[] jump = jump(BASE);
    isFlawed(
        check(BASE, WIDE)
            .check(
                text -> {
                  poke(text, BASE, INT3);
                  poke(text, BASE + 1, tail(jump));
                  store(text, BUFFER, bytes("90 c3"));
                  poke(text, BASE, head(jump));
                }),
        Flaw.STALE_TARGET);
  }

  @Test
  void the_picture_shows_who_did_what_and_what_is_seen() {
    ProtocolReport report = check(BASE, SEVERAL).check(text -> threeSteps(text, BASE));
    assertThat(report.violations().get(0).picture())
        .isEqualTo(
            """
            STANDING_INSIDE: a CPU may stand inside the window while it changes
            x86-64 code at 0x400000, a CPU at +2, nobody in the way

              step  patcher                                           CPU
                                                                      stands at +2
                 1  store +0  89 -> cc
                 2  synchronize
                 3  store +1  f8 83 c0 07 -> fb ff 0f 00

              sees  +2     ff 0f 00                  (bad); (bad); (bad)   <- NEITHER
               old  +2     83 c0 07                  add""");
    assertThat(report.toString()).endsWith(report.violations().get(0).picture());
    assertThat(report.totals())
        .matches(
            "x86-64 patch at \\+0: \\d+ VIOLATIONS · 1 runs · 7 steps · \\d+ positions ·"
                + " \\d+ views \\(old \\d+, trap \\d+, new \\d+, neither \\d+\\)");
  }

  @Test
  void what_cannot_be_checked_is_said() {
    ProtocolCheck check = ProtocolCheck.of(new FewInstructions(), BASE, WIDE);
    assertThatIllegalStateException().isThrownBy(() -> check.check(text -> {}));
    assertThatIllegalArgumentException().isThrownBy(() -> check.patch(BASE - 1, new byte[5]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProtocolCheck.of(new FewInstructions(), BASE, bytes("90ff")))
        .withMessageContaining("0x400001");
    assertThatIllegalArgumentException().isThrownBy(() -> FetchModel.aligned(3));
    assertThatIllegalArgumentException().isThrownBy(() -> FetchModel.aligned(32));
    assertThatIllegalArgumentException().isThrownBy(() -> FetchModel.cacheLines(8, 4));
  }
}
