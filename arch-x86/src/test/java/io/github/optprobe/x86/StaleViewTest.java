package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.testkit.text.RecordingText;
import io.github.optprobe.testkit.text.TextEvent;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.x86.plan.JumpForms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The poke protocol, executed: after every store, before the synchronisation behind it, a CPU may
 * see each of the stored bytes old or new. Each such view is put into the text for a moment and
 * run, from the start of the window: old code, a breakpoint, or the new jump, all compute what the
 * unprobed code does. A CPU that stands behind the start may see only what does not change there as
 * long as it stands there; it is run from there with every view of the other pokes. That the forms
 * have no other views is {@link PokeEnumerationTest}'s.
 */
class StaleViewTest {
  /** To both sets the same: eax and ecx only, no memory. */
  private static final String CODE = "89f883c00789c183c1019083c1059083c003c3";

  private static final byte[] BEHIND = HexFormat.of().parseHex("cc".repeat(15) + "c3");
  private static final int SEED = 3;
  private static final int SAMPLE = 64;

  static Stream<Arguments> formsAndSets() {
    return Stream.of(
        Arguments.of(JumpForms.ISLAND, new X86_64()),
        Arguments.of(JumpForms.RELATIVE, new X86_64()),
        Arguments.of(JumpForms.SLOT, new X86_64()),
        Arguments.of(JumpForms.ABSOLUTE, new X86_64()),
        Arguments.of(JumpForms.RELATIVE, new X86_32()));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("formsAndSets")
  void everyStaleViewComputesTheSame(JumpForm form, X86Architecture set) {
    int views = run(form, set, SAMPLE);
    assertThat(views).isGreaterThanOrEqualTo(form.bytes() == 2 ? 9 : 2 * 32);
  }

  @Tag("campaign")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("formsAndSets")
  void allOfThem(JumpForm form, X86Architecture set) {
    int views = run(form, set, Integer.MAX_VALUE);
    assertThat(views).isGreaterThanOrEqualTo(2 * (1 << (form.bytes() - 1)));
  }

  private static int run(JumpForm form, X86Architecture set, int most) {
    Snippet snippet = new Snippet(set, "window", "", CODE);
    try (SnippetMachine machine = new SnippetMachine(snippet)) {
      RecordingText text = new RecordingText(machine.target.text());
      try (Kprobes kprobes = registry(machine, text, form, set)) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        Views views = new Views(machine, cpu, form.bytes(), most);
        text.afterEach(views::after);
        ProbeHandle probe = kprobes.register(Kprobe.at(machine.at(Snippet.BASE)).build());
        kprobes.runOptimizer();
        assertThat(probe.tier()).contains(Tier.OPTIMIZED);
        probe.disable();
        probe.enable();
        kprobes.runOptimizer();
        probe.close();
        // Twice: breakpoint; breakpoint, tail, head; breakpoint, tail; original head.
        assertThat(views.stores).isEqualTo(2 * 7);
        System.out.printf(
            "%s %s: %d views run, %d of them behind the start%n",
            set, form, views.runs, views.runsBehind);
        return views.runs;
      }
    }
  }

  private static Kprobes registry(
      SnippetMachine machine, RecordingText text, JumpForm form, Architecture set) {
    int length = CODE.length() / 2;
    machine.target.writeBytes(Snippet.BASE + length, BEHIND);
    machine.target.text().synchronizeCpus();
    AddressRange next = AddressRange.ofLength(Snippet.BASE + length + BEHIND.length - 1, 1);
    return Kprobes.builder(text)
        .architecture(set instanceof X86_64 ? new OneForm(form) : set)
        .codeMap(
            CodeMap.of(
                new CodeMap.Function("f", machine.body()), new CodeMap.Function("next", next)))
        .gate(machine.target.gate())
        .build();
  }

  static Stream<X86Architecture> sets() {
    return Stream.of(new X86_64(), new X86_32());
  }

  /** All windows of the batch are half-written at once; whoever meets a breakpoint is answered. */
  @ParameterizedTest
  @MethodSource("sets")
  void batchIsRunAfterEveryStore(X86Architecture set) {
    String block = "89f883c00783c10183c105909090";
    Snippet snippet = new Snippet(set, "blocks", "", block.repeat(4) + "c3");
    try (SnippetMachine machine = new SnippetMachine(snippet)) {
      RecordingText text = new RecordingText(machine.target.text());
      try (Kprobes kprobes = machine.registry(text).build()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        String unprobed = machine.run(cpu, SEED);
        List<ProbeHandle> probes =
            IntStream.range(0, 4)
                .mapToObj(i -> Snippet.BASE + (long) i * block.length() / 2)
                .map(at -> kprobes.register(Kprobe.at(machine.at(at)).onHit(r -> {}).build()))
                .toList();
        text.clear();
        List<String> runs = new ArrayList<>();
        text.afterEach(event -> runs.add(machine.run(cpu, SEED)));
        kprobes.runOptimizer();

        assertThat(probes).allMatch(probe -> probe.tier().equals(probes.get(0).tier()));
        assertThat(probes.get(0).tier()).contains(Tier.OPTIMIZED);
        long synchronisations =
            text.events().stream().filter(TextEvent.Synchronize.class::isInstance).count();
        assertThat(synchronisations).isEqualTo(3);
        // Per probe a store of a breakpoint, of a tail and of a head.
        assertThat(runs).hasSize(3 * 4 + 3).allMatch(unprobed::equals);
        assertThat(probes).allMatch(probe -> probe.hits() == runs.size());
      }
    }
  }

  /** Puts every view into the text for a moment, and runs it. */
  private static final class Views {
    private final SnippetMachine machine;
    private final Cpu cpu;
    private final int bytes;
    private final int most;
    private final List<Long> boundaries = new ArrayList<>();
    private final List<String> unprobed = new ArrayList<>();
    private final byte[] old;
    private byte[] now;
    private int stores;
    private int runs;
    private int runsBehind;

    Views(SnippetMachine machine, Cpu cpu, int bytes, int most) {
      this.machine = machine;
      this.cpu = cpu;
      this.bytes = bytes;
      this.most = most;
      now = machine.target.readBytes(Snippet.BASE, bytes);
      old = now.clone();
      for (long boundary : machine.boundaries()) {
        if (boundary < Snippet.BASE + bytes) {
          boundaries.add(boundary);
          unprobed.add(machine.runFrom(boundary, cpu, SEED));
        }
      }
    }

    void after(TextEvent event) {
      boolean window =
          event instanceof TextEvent.Write write
              && Long.compareUnsigned(write.address() - Snippet.BASE, bytes) < 0;
      if (window) {
        TextEvent.Write store = (TextEvent.Write) event;
        stores++;
        int at = (int) (store.address() - Snippet.BASE);
        byte[] before = now.clone();
        System.arraycopy(store.bytes(), 0, now, at, store.bytes().length);
        views(before, at, store.bytes()).forEach(this::run);
        put(now);
      }
    }

    /** Each of the stored bytes old or new; where there are too many, a seeded choice of them. */
    private Set<String> views(byte[] before, int at, byte[] stored) {
      Set<String> views = new HashSet<>();
      int all = 1 << stored.length;
      Random random = new Random(stores);
      for (int i = 0; i < Math.min(all, most); i++) {
        int subset = all <= most ? i : i < 2 ? i * (all - 1) : random.nextInt(all);
        byte[] view = before.clone();
        for (int k = 0; k < stored.length; k++) {
          view[at + k] = (subset >> k & 1) == 1 ? stored[k] : view[at + k];
        }
        views.add(HexFormat.of().formatHex(view));
      }
      return views;
    }

    private void run(String view) {
      byte[] text = HexFormat.of().parseHex(view);
      put(text);
      for (int i = 0; i < boundaries.size(); i++) {
        int offset = (int) (boundaries.get(i) - Snippet.BASE);
        // Quiescence: nobody stands behind the start once what is there is being changed.
        boolean mayStandThere = i == 0 || Arrays.equals(text, offset, bytes, old, offset, bytes);
        if (mayStandThere) {
          assertThat(machine.runFrom(boundaries.get(i), cpu, SEED))
              .as("%s from byte %d", view, offset)
              .isEqualTo(unprobed.get(i));
          runs += i == 0 ? 1 : 0;
          runsBehind += i == 0 ? 0 : 1;
        }
      }
    }

    private void put(byte[] view) {
      machine.target.writeBytes(Snippet.BASE, view);
      machine.target.text().synchronizeCpus();
    }
  }
}
