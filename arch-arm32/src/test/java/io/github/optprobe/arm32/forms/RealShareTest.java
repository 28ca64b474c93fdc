package io.github.optprobe.arm32.forms;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.testkit.elf.SampleLibrary;
import io.github.optprobe.text.ByteArrayText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many instructions of real libraries a registry probes, and in which tiers. */
@Tag("corpus")
class RealShareTest {
  @Test
  void the_library_in_a32() {
    RealTally tally = explain(RealLibrary.jna());
    assertThat(tally.counted("all: instructions")).isEqualTo(16_743);
    assertThat(tally.counted("all: OPTIMIZED")).isEqualTo(16_683);
    assertThat(tally.counted("entries: OPTIMIZED")).isEqualTo(tally.counted("entries: probed"));
  }

  @Test
  void the_library_in_t32() {
    RealTally tally = explain(RealLibrary.sample("sample-t32.so", SampleLibrary.T32));
    assertThat(tally.counted("all: OPTIMIZED")).isPositive();
  }

  @Test
  @Tag("campaign")
  void the_library_in_both() {
    RealTally tally = explain(RealLibrary.sample("sample-mixed.so", SampleLibrary.MIXED));
    assertThat(tally.counted("all: OPTIMIZED")).isPositive();
  }

  private static RealTally explain(RealLibrary library) {
    RealTally tally = new RealTally();
    ByteArrayText text = library.library().text(RealLibrary.BASE);
    try (Kprobes kprobes = registry(library, text)) {
      for (ElfFunction function : library.functions()) {
        ScanScope scope = RealCodeSweep.moved(function, 0);
        long[] boundaries =
            RealLibrary.architecture(function.instructionSet()).scan(text, scope).boundaries();
        for (long address : boundaries) {
          Explanation explanation =
              kprobes.explain(new CodeAddress(address, function.instructionSet()));
          count(tally, "all: ", explanation);
          if (address == function.body().first()) {
            count(tally, "entries: ", explanation);
          }
        }
      }
    }
    System.out.printf("%s%n%s%n", library.library().name(), tally);
    return tally;
  }

  private static Kprobes registry(RealLibrary library, ByteArrayText text) {
    Kprobes.Builder builder =
        Kprobes.builder(text)
            .codeMap(CodeMap.of(library.functions().stream().map(ElfFunction::function).toList()))
            .gate(Space.GATE);
    RealLibrary.architectures().forEach(builder::architecture);
    return builder.build();
  }

  private static void count(RealTally tally, String which, Explanation explanation) {
    tally.count(which + "instructions");
    if (explanation.isProbeable()) {
      tally.count(which + "probed");
    }
    for (Explanation.Verdict verdict : explanation.verdicts()) {
      if (verdict.isAccepted()) {
        tally.count(which + verdict.tier());
        verdict.form().ifPresent(form -> tally.count(which + verdict.tier() + " as " + form));
      } else if (verdict.tier() == Tier.OPTIMIZED) {
        tally.count(which + "not optimized: " + verdict.refusal().orElseThrow().code());
      }
    }
  }
}
