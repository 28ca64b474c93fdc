package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.testkit.text.TextEvent;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In which order text is written, for every form of jump, and that a CPU may run it after every
 * single step, whether it sees what was written since the last synchronisation or not. Source of
 * the rule: Arm Architecture Reference Manual, A3.5.4.
 */
class ArmPokeTest {

  @ParameterizedTest
  @EnumSource
  void stores_and_synchronisations_are_in_order(PatchedForm form) {
    try (Setup setup = new Setup(form)) {
      String breakpoint = form.set == ArmSet.A32 ? "f8 01 f0 e7" : "18 de";
      String original = setup.hex(form.breakpointBytes());
      ProbeHandle probe = setup.register();
      assertThat(setup.steps()).containsExactly("0: " + breakpoint, "sync");
      setup.text.clear();
      setup.kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      assertThat(probe.picture().now().get(0).text()).startsWith(form.jump.substring(0, 1));
      assertThat(setup.places()).isEqualTo(optimizing(form));
      if (!form.isOneStore()) {
        assertThat(setup.steps().get(0)).isEqualTo("0: " + breakpoint);
      }
      setup.text.clear();
      probe.disable();
      assertThat(setup.places()).isEqualTo(takingBack(form));
      assertThat(setup.steps().get(0)).startsWith("0: " + breakpoint);
      assertThat(setup.steps()).endsWith("0: " + original, "sync");
    }
  }

  /** Offset and number of bytes. */
  private static List<String> optimizing(PatchedForm form) {
    int head = form.breakpointBytes();
    return form.isOneStore()
        ? List.of("0+4", "sync")
        : List.of(
            "0+" + head, "sync", head + "+" + (form.bytes - head), "sync", "0+" + head, "sync");
  }

  private static List<String> takingBack(PatchedForm form) {
    int head = form.breakpointBytes();
    String last = "0+" + head;
    return form.isOneStore()
        ? List.of("0+4", "sync", last, "sync")
        : List.of("0+" + head, "sync", head + "+" + (form.bytes - head), "sync", last, "sync");
  }

  @ParameterizedTest
  @EnumSource
  void a_run_after_every_step_computes_the_same_and_is_counted(PatchedForm form) {
    try (Setup setup = new Setup(form)) {
      String unprobed = setup.machine.run(setup.cpu, 3);
      List<String> runs = new ArrayList<>();
      setup.text.afterEach(event -> runs.add(setup.machine.run(setup.cpu, 3)));
      ProbeHandle probe = setup.register();
      int before = runs.size();
      long hitsBefore = probe.hits();
      setup.kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      assertThat(probe.hits() - hitsBefore).isEqualTo(runs.size() - before);
      probe.disable();
      probe.enable();
      setup.kprobes.runOptimizer();
      probe.close();
      assertThat(runs).hasSizeGreaterThan(8).allMatch(unprobed::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_stale_view_is_old_code_a_breakpoint_or_the_jump(PatchedForm form) {
    try (Setup setup = new Setup(form)) {
      Views views = new Views(setup);
      setup.text.afterEach(views::after);
      ProbeHandle probe = setup.register();
      setup.kprobes.runOptimizer();
      assertThat(probe.tier()).contains(Tier.OPTIMIZED);
      views.jump = setup.windowNow();
      probe.close();

      assertThat(views.jump).isNotEqualTo(views.old);
      assertThat(views.pokes).isEqualTo(form.isOneStore() ? 4 : 7);
      assertThat(views.seen).allMatch(views::isSafe);
    }
  }

  /** In an IT block a CPU may skip the breakpoint, which is as long as the instruction then. */
  @Test
  void a_wide_instruction_in_an_it_block_gets_a_wide_breakpoint_by_one_store() {
    ArmSnippet snippet =
        ArmSnippet.of(
            ArmSet.T32,
            "cmp r0, #3\nitt lo\nprobed: addlo.w r0, r0, r2\n" + "addlo r0, r0, #9\nbx lr");
    try (Setup setup = new Setup(snippet, 4)) {
      assertThat(snippet.at("probed").value() % 8).isEqualTo(4);
      List<String> unprobed = setup.runs();
      setup.register();
      assertThat(setup.steps()).containsExactly("0: f0 f7 18 a0", "sync");
      assertThat(setup.runs()).isEqualTo(unprobed);
    }
  }

  @Test
  void a_batch_shares_its_synchronisations() {
    try (Setup setup = new Setup(PatchedForm.A32_BRANCH)) {
      setup
          .machine
          .snippet
          .boundaries()
          .forEach(address -> setup.kprobes.register(Kprobe.at(address).onHit(r -> {}).build()));
      setup.text.clear();
      setup.kprobes.runOptimizer();
      assertThat(setup.kprobes.probes())
          .allMatch(each -> each.tier().orElseThrow() == Tier.OPTIMIZED);
      long synced =
          setup.text.events().stream().filter(TextEvent.Synchronize.class::isInstance).count();
      assertThat(synced).isEqualTo(1);
    }
  }

  /** A registry over a recorded text. */
  private static final class Setup implements AutoCloseable {
    private final ArmMachine machine;
    private final RecordingText text;
    private final Kprobes kprobes;
    private final Cpu cpu;
    private final long address;
    private final int bytes;

    Setup(PatchedForm form) {
      machine = new ArmMachine(form.snippet());
      text = new RecordingText(form.text(machine));
      kprobes = machine.registry(text).build();
      cpu = kprobes.newCpu(machine.target.data());
      address = machine.snippet.at("probed").value();
      bytes = form.bytes;
    }

    Setup(ArmSnippet snippet, int bytes) {
      machine = new ArmMachine(snippet);
      text = new RecordingText(machine.target.text());
      kprobes = machine.registry(text).build();
      cpu = kprobes.newCpu(machine.target.data());
      address = snippet.at("probed").value();
      this.bytes = bytes;
    }

    ProbeHandle register() {
      return kprobes.register(Kprobe.at(machine.snippet.at("probed")).onHit(r -> {}).build());
    }

    List<String> runs() {
      List<String> runs = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        runs.add(machine.run(cpu, seed));
      }
      return runs;
    }

    byte[] windowNow() {
      return machine.target.readBytes(address, bytes);
    }

    String hex(int count) {
      return HexFormat.ofDelimiter(" ").formatHex(machine.target.readBytes(address, count));
    }

    boolean concerns(TextEvent.Write write) {
      return AddressRange.ofLength(address, bytes).contains(write.address());
    }

    /** What is written to the window, and when that is synchronised. */
    List<String> steps() {
      return describe("%d: %s");
    }

    List<String> places() {
      return describe("%d+%3$d");
    }

    private List<String> describe(String format) {
      List<String> steps = new ArrayList<>();
      for (TextEvent event : text.events()) {
        if (event instanceof TextEvent.Write write && concerns(write)) {
          long offset = write.address() - address;
          steps.add(format.formatted(offset, write.after(), write.bytes().length));
        } else if (event instanceof TextEvent.Synchronize && !steps.isEmpty()) {
          steps.add("sync");
        }
      }
      return steps;
    }

    @Override
    public void close() {
      text.afterEach(event -> {});
      kprobes.close();
      machine.close();
    }
  }

  /** What a CPU at the start of the window may fetch. */
  private static final class Views {
    private static final int HALFWORD = 2;

    private final Setup setup;
    private final byte[] old;
    private final byte[] breakpoint;
    private final List<byte[]> seen = new ArrayList<>();
    private byte[] now;
    private byte[] jump = {};
    private boolean synchronizedSince = true;
    private int pokes;

    Views(Setup setup) {
      this.setup = setup;
      old = setup.windowNow();
      now = old.clone();
      breakpoint =
          HexFormat.of().parseHex(setup.machine.snippet.set() == ArmSet.A32 ? "f801f0e7" : "18de");
    }

    void after(TextEvent event) {
      if (event instanceof TextEvent.Synchronize) {
        synchronizedSince = true;
      } else if (event instanceof TextEvent.Write write && setup.concerns(write)) {
        assertThat(synchronizedSince).as("two pokes without a synchronisation").isTrue();
        synchronizedSince = false;
        poke((int) (write.address() - setup.address), write.bytes());
      }
    }

    /** A store of one aligned word or halfword is seen whole; of any other, each halfword. */
    private void poke(int at, byte[] stored) {
      pokes++;
      long address = setup.address + at;
      boolean whole = stored.length <= Integer.BYTES && address % stored.length == 0;
      int unit = whole ? stored.length : HALFWORD;
      for (int subset = 0; subset < 1 << (stored.length / unit); subset++) {
        byte[] view = now.clone();
        for (int i = 0; i < stored.length; i++) {
          view[at + i] = (subset >> (i / unit) & 1) == 1 ? stored[i] : view[at + i];
        }
        seen.add(view);
      }
      System.arraycopy(stored, 0, now, at, stored.length);
    }

    boolean isSafe(byte[] view) {
      return Arrays.equals(Arrays.copyOf(view, breakpoint.length), breakpoint)
          || Arrays.equals(view, old)
          || Arrays.equals(view, jump);
    }
  }
}
