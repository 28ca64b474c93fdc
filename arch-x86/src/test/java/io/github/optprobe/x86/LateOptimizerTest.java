package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.FaultOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.OptimizerPass;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The optimizer comes between the end of a trap and the target's going on. */
class LateOptimizerTest {
  /** push rbx, whose copy leads back into the window; mov ebx, edi; nop; call. */
  private static final Snippet SNIPPET = Snippet.named("call_behind_short_instructions");

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED"})
  void it_waits_for_a_cpu_that_was_just_sent_into_a_copy(Tier tier) {
    try (SnippetMachine machine = new SnippetMachine(SNIPPET);
        Kprobes kprobes = machine.registry().build()) {
      Cpu cpu = kprobes.newCpu(machine.target.data());
      String unprobed = machine.run(cpu, 1);
      kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).upTo(tier).build());
      ProbeHandle slow = kprobes.probes().get(0);
      ProbeHandle wanted = kprobes.register(Kprobe.at(X86_64.at(Snippet.BASE)).build());
      List<OptimizerPass> passes = new ArrayList<>();
      Cpu watched =
          new AfterBreakpoint(
              cpu,
              () -> {
                // The copy that the CPU is in belongs to both; only now a jump is permitted.
                slow.close();
                passes.add(kprobes.runOptimizer());
              });

      assertThat(machine.run(watched, 1)).isEqualTo(unprobed);

      assertThat(passes).containsExactly(new OptimizerPass(0, 0, 1, 0, 0));
      assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
      assertThat(wanted.tier()).contains(Tier.OPTIMIZED);
      assertThat(machine.run(cpu, 1)).isEqualTo(unprobed);
    }
  }

  /** Does something on another thread when a breakpoint has been handled. */
  private record AfterBreakpoint(Cpu cpu, Runnable action) implements Cpu {
    @Override
    public Resume breakpoint(Registers registers) {
      Resume resume = cpu.breakpoint(registers);
      CompletableFuture.runAsync(action).join();
      return resume;
    }

    @Override
    public Resume stepped(Registers registers) {
      return cpu.stepped(registers);
    }

    @Override
    public Resume gate(Registers registers) {
      return cpu.gate(registers);
    }

    @Override
    public FaultOutcome faulted(Registers registers) {
      return cpu.faulted(registers);
    }

    @Override
    public OptionalLong originalReturnAddress(long found, long entryStackPointer) {
      return cpu.originalReturnAddress(found, entryStackPointer);
    }

    @Override
    public void leave() {
      cpu.leave();
    }

    @Override
    public long[] originalReturnAddresses() {
      return cpu.originalReturnAddresses();
    }
  }
}
