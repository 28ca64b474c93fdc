package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.x86.plan.JumpForms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every form of jump, and every way to relocate when nothing is near: a probe on each instruction
 * of each snippet, and on all of them, ends like the unprobed run and is hit as often. Behind each
 * snippet stand a return, padding and another function.
 */
@Tag("corpus")
class JumpFormExecutionTest {
  private static final int SEEDS = 4;

  /** Padding as GNU as and ld make it: a 15-byte nop and others, then breakpoints. */
  private static final byte[] NOPS =
      HexFormat.of()
          .parseHex("66662e0f1f840000000000" + "0f1f8000000000" + "6690" + "0f1f440000" + "90");

  private static final byte[] TRAPS = HexFormat.of().parseHex("cc".repeat(26));

  /** A form, and the memory that it is to do with. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody changes the bytes
  enum Way {
    SHORT_WINDOWS(JumpForms.ISLAND, NOPS, false, 0),
    ISLAND_IN_NOPS_TO_FAR_BUFFER(JumpForms.ISLAND, NOPS, true, 0),
    ISLAND_IN_TRAPS_TO_FAR_BUFFER(JumpForms.ISLAND, TRAPS, true, 0),
    NEAR_SLOT_TO_FAR_BUFFER(JumpForms.SLOT, new byte[0], true, Long.BYTES),
    SLOT_IN_PADDING_TO_FAR_BUFFER(JumpForms.SLOT, TRAPS, true, 0),
    ABSOLUTE_TO_FAR_BUFFER(JumpForms.ABSOLUTE, new byte[0], true, 0),
    ABSOLUTE_TO_NEAR_BUFFER(JumpForms.ABSOLUTE, new byte[0], false, 0);

    final JumpForm form;
    final byte[] padding;
    final boolean far;
    final int crumb;

    Way(JumpForm form, byte[] padding, boolean far, int crumb) {
      this.form = form;
      this.padding = padding;
      this.far = far;
      this.crumb = crumb;
    }

    TextMemory text(SnippetMachine machine) {
      TextMemory text = machine.target.text();
      return far ? new Scarce(text, Scarce.FAR, crumb) : text;
    }
  }

  static Stream<Arguments> snippetsAndWays() {
    return Stream.of(Way.values())
        .flatMap(way -> Snippet.all().stream().map(snippet -> Arguments.of(snippet, way)));
  }

  static Stream<Arguments> snippetsAndTrapTiers() {
    return Snippet.all().stream()
        .flatMap(
            snippet ->
                Stream.of(Tier.SINGLE_STEP, Tier.BOOSTED).map(tier -> Arguments.of(snippet, tier)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndWays")
  void a_probed_run_equals_the_unprobed_run(Snippet snippet, Way way) {
    try (Setup setup = new Setup(snippet, way.padding)) {
      for (long address : setup.boundaries()) {
        setup.compare(way, address);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndWays")
  void with_probes_on_every_instruction_it_does_so_too(Snippet snippet, Way way) {
    try (Setup setup = new Setup(snippet, way.padding)) {
      try (Kprobes kprobes = setup.registry(way).build()) {
        Cpu cpu = kprobes.newCpu(setup.machine.target.data());
        for (long address : setup.boundaries()) {
          Setup.register(kprobes, address, Tier.OPTIMIZED);
        }
        kprobes.runOptimizer();
        setup.assertSameRuns(cpu, "with all");
      }
    }
  }

  /** Copies that are far from their text, where no jump is wanted. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("snippetsAndTrapTiers")
  void a_copy_far_away_does_so_too(Snippet snippet, Tier tier) {
    try (Setup setup = new Setup(snippet, new byte[0])) {
      for (long address : setup.boundaries()) {
        try (Kprobes kprobes = setup.registry(Way.ABSOLUTE_TO_FAR_BUFFER).build()) {
          Cpu cpu = kprobes.newCpu(setup.machine.target.data());
          Optional<ProbeHandle> probe = Setup.register(kprobes, address, tier);
          if (probe.isPresent()) {
            assertThat(probe.get().tier()).contains(tier);
            setup.assertSameRuns(cpu, "at %x".formatted(address));
          }
        }
      }
    }
  }

  @Test
  void each_way_was_gone_many_times_with_instructions_of_every_kind() {
    Map<Way, Set<String>> seen = new TreeMap<>();
    Map<Way, Integer> count = new TreeMap<>();
    for (Way way : Way.values()) {
      for (Snippet snippet : Snippet.all()) {
        try (Setup setup = new Setup(snippet, way.padding);
            Kprobes kprobes = setup.registry(way).build()) {
          for (long address : setup.boundaries()) {
            Setup.register(kprobes, address, Tier.OPTIMIZED)
                .filter(probe -> Setup.isOptimized(kprobes, probe))
                .ifPresent(
                    probe -> {
                      String text = kprobes.explain(X86_64.at(address)).instruction().disassembly();
                      seen.computeIfAbsent(way, unused -> new TreeSet<>()).add(firstWord(text));
                      count.merge(way, 1, Integer::sum);
                      probe.close();
                    });
          }
        }
      }
    }
    seen.forEach(
        (way, mnemonics) ->
            assertThat(mnemonics).as("%s", way).contains("jmp", "jz", "mov", "lea", "ret"));
    assertThat(seen.values().stream().flatMap(Set::stream).toList())
        .contains("call", "loop", "movzx", "pshufb", "palignr", "movdqu", "xchg", "shl", "imul");
    assertThat(seen).containsOnlyKeys(Way.values());
    assertThat(count.values()).allMatch(jumps -> jumps > 200);
  }

  private static String firstWord(String text) {
    int blank = text.indexOf(' ');
    return blank < 0 ? text : text.substring(0, blank);
  }

  /** A snippet with a return, padding and another function behind it. */
  private static final class Setup implements AutoCloseable {
    private static final byte RET = (byte) 0xC3;

    private final SnippetMachine machine;
    private final CodeMap map;
    private final AddressRange all;
    private final byte[] before;
    private final List<String> unprobed = new ArrayList<>();
    private final List<Map<Long, Long>> executions = new ArrayList<>();

    Setup(Snippet snippet, byte[] padding) {
      machine = new SnippetMachine(snippet);
      byte[] code = snippet.code();
      byte[] behind = new byte[padding.length + 2];
      behind[0] = RET;
      System.arraycopy(padding, 0, behind, 1, padding.length);
      behind[behind.length - 1] = RET;
      machine.target.writeBytes(Snippet.BASE + code.length, behind);
      machine.target.text().synchronizeCpus();
      long next = Snippet.BASE + code.length + behind.length - 1;
      map =
          CodeMap.of(
              new CodeMap.Function("f", AddressRange.ofLength(Snippet.BASE, code.length + 1)),
              new CodeMap.Function("next", AddressRange.ofLength(next, 1)));
      all = new AddressRange(Snippet.BASE, next);
      before = now();
      try (Kprobes none = machine.registry().build()) {
        Cpu cpu = none.newCpu(machine.target.data());
        for (int seed = 0; seed < SEEDS; seed++) {
          unprobed.add(machine.run(cpu, seed));
          executions.add(new HashMap<>(machine.executions(cpu, seed)));
        }
      }
    }

    /** Those of the snippet, but not all where it fills up with hundreds of no-operations. */
    long[] boundaries() {
      long[] all = machine.boundaries();
      return IntStream.range(0, all.length)
          .filter(i -> i < 12 || i % 16 == 0 || i >= all.length - 20)
          .mapToLong(i -> all[i])
          .toArray();
    }

    private byte[] now() {
      return machine.target.readBytes(all.first(), (int) all.length());
    }

    Kprobes.Builder registry(Way way) {
      return Kprobes.builder(way.text(machine))
          .architecture(new OneForm(way.form))
          .codeMap(map)
          .gate(machine.target.gate());
    }

    void compare(Way way, long address) {
      try (Kprobes kprobes = registry(way).build()) {
        Cpu cpu = kprobes.newCpu(machine.target.data());
        Optional<ProbeHandle> registered = register(kprobes, address, Tier.OPTIMIZED);
        if (registered.isEmpty() || !isOptimized(kprobes, registered.get())) {
          return;
        }
        ProbeHandle probe = registered.get();
        boolean linked = !way.form.equals(JumpForms.ABSOLUTE);
        assertThat(probe.picture().toString().contains(" by way of 0x")).isEqualTo(linked);
        long hits = probe.hits();
        assertSameRuns(cpu, probe.picture().toString());
        long expected = executions.stream().mapToLong(each -> each.getOrDefault(address, 0L)).sum();
        assertThat(probe.hits() - hits).as("hits%n%s", probe.picture()).isEqualTo(expected);
        byte[] original = new byte[before.length];
        kprobes.originalText().read(all.first(), original, 0, original.length);
        assertThat(original).as("recovered text").isEqualTo(before);
      }
      assertThat(now()).as("text afterwards").isEqualTo(before);
    }

    void assertSameRuns(Cpu cpu, String what) {
      for (int seed = 0; seed < SEEDS; seed++) {
        assertThat(machine.run(cpu, seed))
            .as("seed %d%n%s", seed, what)
            .isEqualTo(unprobed.get(seed));
      }
    }

    static boolean isOptimized(Kprobes kprobes, ProbeHandle probe) {
      kprobes.runOptimizer();
      return probe.tier().equals(Optional.of(Tier.OPTIMIZED));
    }

    static Optional<ProbeHandle> register(Kprobes kprobes, long address, Tier tier) {
      try {
        return Optional.of(
            kprobes.register(Kprobe.at(X86_64.at(address)).onHit(r -> {}).upTo(tier).build()));
      } catch (RefusedException refused) {
        assertThat(refused.refusal().code())
            .satisfiesAnyOf(
                code -> assertThat(code).startsWith("X86_"),
                code -> assertThat(code).isEqualTo("NO_MEMORY_IN_REACH"),
                code -> assertThat(code).isEqualTo("OUT_OF_REACH"));
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      assertThat(Arrays.equals(now(), before)).as("text is the original").isTrue();
      machine.close();
    }
  }
}
