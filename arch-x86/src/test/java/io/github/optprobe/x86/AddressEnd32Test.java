package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code at both ends of the 4 GiB: displacements wrap, and nothing is behind the last address. */
class AddressEnd32Test {
  private static final long LAST_PAGE = 0xFFFF_F000L;
  private static final long LOW = 0x40_1000L;

  /** mov eax, [esp+4]; call 0x401000; inc eax; nop; jmp 0x401010: its last byte is the last one. */
  private static final String AT_THE_END = "8b442404e8071040004090e910104000";

  /** mov eax, [esp+4]; inc eax; ret, at the end too. */
  private static final String SHORT_AT_THE_END = "8b44240440c3";

  /** push ebx; mov eax, [esp+8]; test al, 1; jz LAST_PAGE; call LAST_PAGE; pop ebx; ret. */
  private static final String ACROSS_ZERO = "538b442408a8010f84f3effeffe8eeeffeff5bc3";

  private static final long ACROSS_ZERO_AT = 0x1_0000L;

  private final EmulatedTarget target = EmulatedTarget.of(new X86_32());

  @AfterEach
  void close() {
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void branches_over_the_end_lead_where_they_led(Tier tier) {
    long start = map(AT_THE_END);
    // add eax, 3; ret, and at 0x401010 add eax, 7; ret.
    target.map(LOW, code("83c003c39090909090909090909090909083c007c3"), Protection.READ_EXECUTE);

    for (long offset : new long[] {0, 4, 9, 10, 11}) {
      assertThat(run(start, start + offset, AT_THE_END.length() / 2, tier, 100, 111))
          .as("+%d", offset)
          .isEqualTo(tier);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void branches_over_zero_lead_where_they_led(Tier tier) {
    // add eax, 9; ret
    target.map(LAST_PAGE, code("83c009c3"), Protection.READ_EXECUTE);
    target.map(ACROSS_ZERO_AT, code(ACROSS_ZERO), Protection.READ_EXECUTE);

    for (long offset : new long[] {0, 1, 5, 7, 13}) {
      long address = ACROSS_ZERO_AT + offset;
      assertThat(run(ACROSS_ZERO_AT, address, ACROSS_ZERO.length() / 2, tier, 7, 16))
          .as("+%d", offset)
          .isEqualTo(tier);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED"})
  void the_instruction_at_the_last_address_can_be_probed(Tier tier) {
    long start = map(SHORT_AT_THE_END);
    for (long offset : new long[] {0, 4, 5}) {
      assertThat(run(start, start + offset, 6, tier, 3, 4)).isEqualTo(tier);
    }
  }

  @Test
  void no_window_goes_on_at_address_zero() {
    long start = map(SHORT_AT_THE_END);
    for (long offset : new long[] {4, 5}) {
      try (Kprobes kprobes = registry(start, 6)) {
        Refusal refusal =
            kprobes
                .explain(X86_32.at(start + offset))
                .verdict(Tier.OPTIMIZED)
                .refusal()
                .orElseThrow();
        assertThat(refusal.code()).isIn("WINDOW_LEAVES_FUNCTION", "UNMAPPED");
      }
    }
  }

  @Test
  void a_function_that_is_said_to_go_on_behind_the_last_address_is_scanned_to_there() {
    long start = map(SHORT_AT_THE_END);
    AddressRange tooLong = AddressRange.ofLength(start, 9);
    assertThat(new X86_32().scan(target.text(), tooLong).boundaries())
        .containsExactly(start, start + 4, start + 5);
  }

  /** Maps code so that its last byte is at the last address. */
  private long map(String hex) {
    target.map(AddressRange.ofLength(LAST_PAGE, 0x1000), Protection.READ_EXECUTE);
    long start = (1L << 32) - hex.length() / 2;
    target.writeBytes(start, code(hex));
    return start;
  }

  /** Runs with a probe on one instruction and says in which tier that was. */
  private Tier run(long entry, long probed, int bytes, Tier tier, long argument, long expected) {
    try (Kprobes kprobes = registry(entry, bytes)) {
      Cpu cpu = kprobes.newCpu(target.data());
      assertThat(target.run(entry, cpu, argument)).as("unprobed").isEqualTo(expected);
      Kprobe probe = Kprobe.at(X86_32.at(probed)).upTo(tier).onHit(r -> {}).build();
      try (ProbeHandle handle = kprobes.register(probe)) {
        kprobes.runOptimizer();
        assertThat(target.run(entry, cpu, argument)).as(handle.picture() + "").isEqualTo(expected);
        assertThat(handle.hits()).isEqualTo(1);
        return handle.tier().orElseThrow();
      }
    }
  }

  private Kprobes registry(long entry, int bytes) {
    CodeMap.Function function = new CodeMap.Function("f", AddressRange.ofLength(entry, bytes));
    return Kprobes.builder(target.text())
        .architecture(new X86_32())
        .codeMap(CodeMap.of(List.of(function)))
        .gate(target.gate())
        .build();
  }

  private static byte[] code(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
