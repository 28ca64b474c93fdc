package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of probes, line by line. */
class ListTest extends StraightCodeTest {
  @Test
  void isEmptyWithoutProbes() {
    assertThat(kprobes.list()).isEmpty();
  }

  @Test
  void hasOneLineForEachProbeByAddressAndInRegistrationOrder() {
    optimized(BASE);
    probe(BASE + 6, SINGLE_STEP);
    kprobes.register(Kprobe.at(at(BASE + 9)).startDisabled().label("later").build());
    kprobes.register(Kprobe.at(at(BASE + 3)).upTo(BOOSTED).label("first").build());
    kprobes.register(Kprobe.at(at(BASE + 3)).label("second").build());
    assertTransparent();
    probe(BASE + 12);

    assertThat(kprobes.list())
        .containsExactly(
            "00004000  k  toy+0x0               toy     len  3  hits      1  nmissed   0"
                + "  [OPTIMIZED]",
            "00004003  k  toy+0x3               toy     len  1  hits      1  nmissed   0"
                + "  [BOOSTED] [AGGREGATE]  \"first\"",
            "00004003  k  toy+0x3               toy     len  1  hits      1  nmissed   0"
                + "  [BOOSTED] [AGGREGATE]  \"second\"",
            "00004006  k  toy+0x6               toy     len  1  hits      1  nmissed   0"
                + "  [SINGLE_STEP]",
            "00004009  k  toy+0x9               toy     len  1  hits      0  nmissed   0"
                + "  [DISABLED]  \"later\"",
            "0000400c  k  toy+0xc               toy     len  1  hits      0  nmissed   0"
                + "  [BOOSTED] [OPTIMIZING]");
  }

  @Test
  void showsReturnProbesWithTheirOwnLetter() {
    kprobes.register(Kretprobe.at(at(BASE)).label("call").build());
    kprobes.runOptimizer();

    assertThat(kprobes.list())
        .containsExactly(
            "00004000  r  toy+0x0               toy     len  3  hits      0  nmissed   0"
                + "  [OPTIMIZED]  \"call\"");
  }

  @Test
  void showsWhatTheSwitchesDo() {
    optimized(BASE);
    kprobes.setOptimizing(false);
    assertThat(kprobes.list().get(0)).endsWith("len  1  hits      0  nmissed   0  [BOOSTED]");
    kprobes.disarmAll();
    assertThat(kprobes.list().get(0)).endsWith("len  1  hits      0  nmissed   0  [DISARMED]");
  }

  @Test
  void showsAJumpThatIsLeaving() {
    kprobes.close();
    start(Kprobes.Builder::lazyUnoptimize);
    optimized(BASE).disable();

    assertThat(kprobes.list().get(0)).endsWith("len  3  hits      0  nmissed   0  [UNOPTIMIZING]");
  }

  @Test
  void showsWhatIsGoneLast() {
    ProbeHandle gone = probe(BASE);
    probe(BASE);
    probe(BASE + 3, BOOSTED);
    kprobes.disarmAll();
    kprobes.textRemoved(AddressRange.ofLength(BASE, 3));

    assertThat(kprobes.list()).hasSize(3);
    assertThat(kprobes.list().get(0)).startsWith("00004003").endsWith("  [DISARMED]");
    assertThat(kprobes.list().get(1)).startsWith("00004000").endsWith("  [GONE]");
    gone.close();
    assertThat(kprobes.list()).hasSize(2);
  }

  @Test
  void countsHitsAndMissesOfEachProbe() {
    ProbeHandle inner = probe(BASE + 4, BOOSTED);
    kprobes.register(
        Kprobe.at(at(BASE + 8))
            .upTo(BOOSTED)
            .onHit(registers -> machine.runNested(BASE + 4))
            .build());
    machine.run(BASE);

    assertThat(inner.nmissed()).isEqualTo(1);
    assertThat(kprobes.list().get(0)).contains("hits      1  nmissed   1");
  }

  @Test
  void longAddressesHaveSixteenDigitsAndFitTheLine() {
    InstructionSet wide = new InstructionSet("x86-64", 64, 1);
    CodeMap map = CodeMap.of(new CodeMap.Function("vfs_read", AddressRange.ofLength(BASE, 26)));
    try (Kprobes there =
        Kprobes.builder(text)
            .architecture(new ToyArchitecture(wide))
            .codeMap(map)
            .gate(ToyMachine.GATE)
            .build()) {
      there.register(Kprobe.at(new CodeAddress(BASE + 4, wide)).build());
      there.runOptimizer();

      assertThat(there.list())
          .containsExactly(
              "0000000000004004  k  vfs_read+0x4          x86-64  len  3  hits      0  nmissed   0"
                  + "  [OPTIMIZED]");
      assertThat(there.list()).allMatch(line -> line.length() <= 100);
    }
  }

  @Test
  void placeIsADashWhereNoFunctionIsKnown() {
    kprobes.close();
    start(builder -> builder.codeMap(CodeMap.empty()).trustBoundaries());
    probe(BASE, BOOSTED);

    assertThat(kprobes.list())
        .containsExactly(
            "00004000  k  -                     toy     len  1  hits      0  nmissed   0"
                + "  [BOOSTED]");
  }

  @Test
  void staysOneLineWhateverTheLabel() {
    kprobes.register(Kprobe.at(at(BASE)).label("two\nlines\tand a tab").build());

    assertThat(kprobes.list().get(0))
        .doesNotContain("\n", "\t")
        .endsWith("\"two?lines?and a tab\"");
  }

  @Test
  void linesCanBeSearchedByFlag() {
    optimized(BASE);
    probe(BASE + 4);
    probe(BASE + 8, BOOSTED);

    List<String> lines = kprobes.list();
    assertThat(lines).filteredOn(line -> line.contains("[OPTIMIZED]")).hasSize(1);
    assertThat(lines).filteredOn(line -> line.contains("[OPTIMIZING]")).hasSize(1);
    assertThat(lines).filteredOn(line -> line.contains("[BOOSTED]")).hasSize(2);
    assertThat(lines).noneMatch(line -> line.contains("[DISABLED]"));
  }
}
