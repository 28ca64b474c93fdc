package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.testkit.text.TextEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order text is written, and that a CPU may run it after every single step. */
class PokeProtocolTest {
  private final Snippet snippet;
  private final SnippetMachine machine;
  private final RecordingText text;
  private final Kprobes kprobes;
  private final Cpu cpu;
  private final String unprobed;
  private final String head = Long.toHexString(Snippet.BASE);

  private ProbeHandle probe;

  PokeProtocolTest() {
    // The window covers several instructions.
    snippet = Snippet.named("call_behind_short_instructions", snippets());
    machine = new SnippetMachine(snippet);
    text = new RecordingText(machine.target.text());
    kprobes = machine.registry(text).build();
    cpu = kprobes.newCpu(machine.target.data());
    unprobed = machine.run(cpu, 1);
  }

  /** Those of the architecture under test. */
  List<Snippet> snippets() {
    return Snippet.all();
  }

  @BeforeEach
  void register() {
    probe = kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).onHit(r -> {}).build());
    text.clear();
  }

  @AfterEach
  void close() {
    kprobes.close();
    machine.close();
  }

  @Test
  void a_jump_is_written_breakpoint_then_tail_then_head_each_synchronised() {
    kprobes.runOptimizer();

    assertThat(steps())
        .containsExactly(
            head + " 1 byte", "sync", tailAddress() + " 4 bytes", "sync", head + " 1 byte", "sync");
    assertThat(text.writes().get(0).after()).isEqualTo("cc");
    assertThat(text.writes().get(2).after()).isEqualTo("e9");
  }

  @Test
  void it_is_taken_back_breakpoint_then_tail_then_original_head() {
    kprobes.runOptimizer();
    text.clear();

    probe.disable();

    assertThat(steps())
        .containsExactly(
            head + " 1 byte", "sync", tailAddress() + " 4 bytes", "sync", head + " 1 byte", "sync");
    assertThat(text.writes().get(0).after()).isEqualTo("cc");
    assertThat(text.writes().get(2).after())
        .isEqualTo("%02x".formatted(Byte.toUnsignedInt(snippet.code()[0])));
  }

  @Test
  void after_every_step_of_optimizing_and_unoptimizing_a_run_computes_the_same() {
    List<String> states = new ArrayList<>();
    text.afterEach(event -> states.add(machine.run(cpu, 1)));

    kprobes.runOptimizer();
    long hitsWhileOptimizing = probe.hits();
    probe.disable();

    assertThat(states).hasSizeGreaterThanOrEqualTo(12).allMatch(unprobed::equals);
    assertThat(hitsWhileOptimizing).isEqualTo(6);
  }

  @Test
  void after_every_step_of_registering_and_unregistering_a_run_computes_the_same() {
    List<String> states = new ArrayList<>();
    text.afterEach(event -> states.add(machine.run(cpu, 1)));

    long second = machine.boundaries()[1];
    kprobes.runOptimizer();
    ProbeHandle inside = kprobes.register(Kprobe.at(machine.at(second)).onHit(r -> {}).build());
    assertThat(probe.tier()).contains(Tier.BOOSTED);
    probe.close();
    inside.close();

    assertThat(states).isNotEmpty().allMatch(unprobed::equals);
  }

  @Test
  void a_batch_shares_its_synchronisations() {
    List<ProbeHandle> more = new ArrayList<>();
    for (long address : machine.boundaries()) {
      if (address >= Snippet.BASE + 8) {
        more.add(kprobes.register(Kprobe.at(machine.at(address)).onHit(r -> {}).build()));
      }
    }
    text.clear();

    kprobes.runOptimizer();

    assertThat(more).anyMatch(each -> each.tier().equals(probe.tier()));
    assertThat(steps().stream().filter("sync"::equals)).hasSize(3);
  }

  private String tailAddress() {
    return Long.toHexString(Snippet.BASE + 1);
  }

  /** Writes to the probed text and synchronisations, without what is written to slots. */
  private List<String> steps() {
    List<String> steps = new ArrayList<>();
    for (TextEvent event : text.events()) {
      if (event instanceof TextEvent.Write write) {
        int length = write.bytes().length;
        steps.add("%x %d %s".formatted(write.address(), length, length == 1 ? "byte" : "bytes"));
      } else if (event instanceof TextEvent.Synchronize) {
        steps.add("sync");
      }
    }
    return steps;
  }
}
