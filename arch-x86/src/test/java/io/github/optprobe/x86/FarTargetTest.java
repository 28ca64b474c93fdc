package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bug 42: text from which slots are in reach, but not from everything that the text refers to: its
 * data and callees are 1.25 GiB below it, and the only free memory is 1 GiB above. The jump stays a
 * {@code jmp rel32}; what is too far is reached by far forms, and nothing is truncated.
 */
class FarTargetTest {
  private static final long TEXT = 0x9000_0000L;
  private static final long DATA = 0x4000_0000L;
  private static final long FUNCTIONS = 0x4000_1000L;
  private static final AddressRange FREE = AddressRange.ofLength(0xD000_0000L, 1 << 20);

  /**
   * GNU as and ld: push rbx; mov rbx, [rip+data]; add rbx, [rip+data+8]; mov rax, [rip+data]; lea
   * rdx, [rip+data+24]; add rax, rdx; add [rip+data+16], rax; cmp dword ptr [rip+data+4], 7; mov
   * [rip+data+16], eax; call f; add rax, rbx; call [rip+data+32]; test dil, 1; jz f+16; jmp
   * [rip+data+40].
   */
  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "53488b1df8ffffaf48031df9ffffaf488b05eaffffaf488d15fbffffaf4801d0480105e9ffffaf"
                  + "833dd6ffffaf078905dcffffafe8c70f00b04801d8ff15deffffaf40f6c7010f84c40f00b0"
                  + "ff25d6ffffaf");

  /** f: lea rax, [rax+rdi]; ret. f+16: pop rbx; lea rax, [rax+3]; ret. f+32: the same with 5. */
  private static final byte[] CALLED =
      HexFormat.of()
          .parseHex("488d0438c366662e0f1f8400000000005b488d4003c3662e0f1f8400000000005b488d4005c3");

  private static long run(EmulatedTarget target, Cpu cpu, long argument) {
    for (int i = 0; i < 6; i++) {
      target.data().store(DATA + 8L * i, 8, 0x1234_5678_9ABCL * (i + 1));
    }
    target.data().store(DATA + 32, 8, FUNCTIONS);
    target.data().store(DATA + 40, 8, FUNCTIONS + 32);
    target.seedRegisters(argument);
    long result = target.run(TEXT, cpu, argument);
    return result * 31 + target.data().load(DATA + 16, 8) + target.registers().get("rbx");
  }

  private static EmulatedTarget target() {
    EmulatedTarget target = EmulatedTarget.of(new X86_64());
    target.map(TEXT, CODE, Protection.READ_EXECUTE);
    target.map(FUNCTIONS, CALLED, Protection.READ_EXECUTE);
    target.map(DATA, new byte[64], Protection.READ_WRITE);
    return target;
  }

  private static Kprobes kprobes(EmulatedTarget target) {
    AddressRange body = AddressRange.ofLength(TEXT, CODE.length);
    return Kprobes.builder(new Scarce(target.text(), FREE, 0))
        .architecture(new X86_64())
        .codeMap(CodeMap.of(new CodeMap.Function("f", body)))
        .gate(target.gate())
        .build();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void each_instruction_means_the_same_in_a_slot_that_does_not_reach_its_operand(Tier tier) {
    try (EmulatedTarget target = target()) {
      long[] boundaries =
          new X86_64().scan(target.text(), AddressRange.ofLength(TEXT, CODE.length)).boundaries();
      List<Long> unprobed = new ArrayList<>();
      try (Kprobes none = kprobes(target)) {
        Cpu cpu = none.newCpu(target.data());
        unprobed.add(run(target, cpu, 2));
        unprobed.add(run(target, cpu, 3));
      }
      assertThat(boundaries).hasSize(15);
      int inTier = 0;
      for (long address : boundaries) {
        try (Kprobes kprobes = kprobes(target)) {
          Cpu cpu = kprobes.newCpu(target.data());
          ProbeHandle probe =
              kprobes.register(Kprobe.at(X86_64.at(address)).onHit(r -> {}).upTo(tier).build());
          kprobes.runOptimizer();
          inTier += probe.tier().orElseThrow() == tier ? 1 : 0;
          assertThat(List.of(run(target, cpu, 2), run(target, cpu, 3)))
              .as("%s", probe.picture())
              .isEqualTo(unprobed);
          assertThat(probe.hits()).isBetween(1L, 2L);
        }
      }
      // The indirect jump at the end leaves windows of one instruction: those that refer to
      // something, all of them.
      assertThat(inTier).isEqualTo(tier == Tier.OPTIMIZED ? 11 : 15);
      assertThat(target.readBytes(TEXT, CODE.length)).isEqualTo(CODE);
    }
  }

  @Test
  void the_jump_is_the_usual_one() {
    try (EmulatedTarget target = target();
        Kprobes kprobes = kprobes(target)) {
      assertThat(kprobes.explain(X86_64.at(TEXT + 1)).verdict(Tier.OPTIMIZED).toString())
          .contains("writes", "jmp rel32 (5 bytes, within 2 GiB)");
    }
  }
}
