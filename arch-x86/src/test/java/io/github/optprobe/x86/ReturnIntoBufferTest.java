package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls in the middle of a window: refused, or returning into the buffer if that is allowed. */
class ReturnIntoBufferTest {
  /** push rbx; lea rbx, [rip+f]; nop; nop; nop; call rbx; pop rbx; ret; f: mov eax, edi; ... */
  private static final Snippet SNIPPET = Snippet.named("call_through_a_register");

  private final SnippetMachine machine = new SnippetMachine(SNIPPET);
  private final long[] boundaries = machine.boundaries();
  private final long window = boundaries[3];
  private final long behindCall = boundaries[6];
  private final long callee = boundaries[8];
  private Kprobes kprobes = machine.registry().returnsIntoBuffers().build();
  private Cpu cpu = kprobes.newCpu(machine.target.data());
  private final String unprobed = machine.run(cpu, 1);

  @AfterEach
  void close() {
    kprobes.close();
    machine.close();
  }

  private ProbeHandle probe() {
    return kprobes.register(Kprobe.at(X86_64.at(window)).onHit(r -> {}).build());
  }

  @Test
  void it_is_refused_unless_it_is_allowed() {
    kprobes.close();
    kprobes = machine.registry().build();
    ProbeHandle probe = probe();

    assertThat(probe.whyNotOptimized().orElseThrow().code()).isEqualTo("X86_RETURN_INTO_WINDOW");
    assertThat(kprobes.explain(X86_64.at(window)).verdict(Tier.OPTIMIZED).attempts())
        .singleElement()
        .satisfies(
            attempt -> assertThat(attempt.toString()).contains("rel8", "NO_MEMORY_IN_REACH"));
  }

  @Test
  void if_it_is_allowed_the_return_address_is_in_the_buffer_and_maps_back() {
    ProbeHandle probe = probe();
    kprobes.runOptimizer();
    assertThat(probe.tier()).contains(Tier.OPTIMIZED);
    List<Long> returnAddresses = new ArrayList<>();
    kprobes.register(
        Kprobe.at(X86_64.at(callee))
            .onHit(
                r -> returnAddresses.add(machine.target.data().load(r.stackPointer(), Long.BYTES)))
            .build());

    assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);

    assertThat(probe.hits()).isEqualTo(1);
    assertThat(returnAddresses).hasSize(1);
    assertThat(machine.target.isSlot(returnAddresses.get(0))).isTrue();
    assertThat(kprobes.originalAddress(returnAddresses.get(0))).hasValue(behindCall);
  }

  @Test
  void a_call_in_flight_keeps_the_jump_out_of_the_window_it_returns_into() {
    List<Integer> optimized = new ArrayList<>();
    List<ProbeHandle> late = new ArrayList<>();
    kprobes.register(
        Kprobe.at(X86_64.at(callee))
            .onHit(
                r -> {
                  late.add(probe());
                  optimized.add(kprobes.runOptimizer().optimized());
                })
            .upTo(Tier.BOOSTED)
            .build());

    assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);

    assertThat(optimized).containsExactly(0);
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertThat(late.get(0).tier()).contains(Tier.OPTIMIZED);
  }

  @Test
  void a_call_in_flight_keeps_the_buffer_that_it_returns_into() {
    ProbeHandle probe = probe();
    kprobes.runOptimizer();
    List<Integer> slots = new ArrayList<>();
    ProbeHandle closing =
        kprobes.register(
            Kprobe.at(X86_64.at(callee))
                .onHit(
                    r -> {
                      probe.close();
                      kprobes.runOptimizer();
                      slots.add(kprobes.counters().freeing());
                    })
                .upTo(Tier.BOOSTED)
                .build());

    assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);

    assertThat(slots.get(0)).isPositive();
    closing.close();
    kprobes.runOptimizer();
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(machine.codeNow()).isEqualTo(SNIPPET.code());
  }

  @Test
  void a_call_that_asks_where_it_stands_is_refused_all_the_same() {
    // nop; call next; next: pop rax; ... in a window of 14 bytes
    Snippet asking =
        new Snippet(
            "asking",
            "nop; call 1f; 1: pop rax; nop; nop; nop; nop; nop; nop; nop; nop; ret",
            "90e8000000005890909090909090" + "90c3");
    try (SnippetMachine other = new SnippetMachine(asking);
        Kprobes registry =
            other.registry(Scarce.farOnly(other.target.text())).returnsIntoBuffers().build()) {
      var verdict = registry.explain(X86_64.at(Snippet.BASE)).verdict(Tier.OPTIMIZED);
      assertThat(verdict.refusal().orElseThrow().code()).isEqualTo("NO_MEMORY_IN_REACH");
      assertThat(verdict.attempts().toString()).contains("X86_RETURN_INTO_WINDOW");
    }
  }
}
