package io.github.optprobe.examples.command;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbePicture;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.ScanScope;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.util.List;
import java.util.Optional;

/**
 * One place in some code, of which a user wants to know what would become of a probe there.
 *
 * @param source a file's name, or {@code bytes}
 * @param text a copy: a probe is put there to be drawn
 * @param architectures those of the code
 * @param map its functions
 * @param address the place
 */
record Question(
    String source,
    ByteArrayText text,
    List<Architecture> architectures,
    CodeMap map,
    CodeAddress address) {

  /** Creates a question. */
  Question {
    architectures = List.copyOf(architectures);
  }

  /**
   * The answer.
   *
   * @param explanation each tier's verdict
   * @param listing the code around
   * @param picture the probe as it would stand in the text; empty if it is refused
   */
  record Answer(Explanation explanation, Listing listing, Optional<ProbePicture> picture) {
    /** Where the probe stands: an instruction that has to stay may be in front of it. */
    long stands() {
      return explanation.instruction().address().value();
    }

    /** Why there is no jump, or no probe. */
    Optional<Refusal> refusal() {
      return explanation.verdict(Tier.OPTIMIZED).refusal();
    }
  }

  /** The function that the place is in. */
  Optional<CodeMap.Function> function() {
    return map.functionAt(address.value());
  }

  /** Asks. */
  Answer ask() {
    Kprobes.Builder builder = Kprobes.builder(text).codeMap(map).gate(FunctionSweep.GATE);
    architectures.forEach(builder::architecture);
    try (Kprobes kprobes = builder.build()) {
      Explanation explanation = kprobes.explain(address);
      Explanation.Verdict jump = explanation.verdict(Tier.OPTIMIZED);
      Optional<AddressRange> overwritten = Listing.window(jump);
      Listing listing =
          Listing.around(
              architecture(),
              text,
              boundaries(),
              explanation.instruction().address().value(),
              jump.refusal(),
              overwritten);
      Optional<ProbePicture> picture =
          explanation.isProbeable() ? Optional.of(draw(kprobes)) : Optional.empty();
      return new Answer(explanation, listing, picture);
    }
  }

  private Architecture architecture() {
    return architectures.stream()
        .filter(each -> each.instructionSet().equals(address.instructionSet()))
        .findFirst()
        .orElseThrow();
  }

  private long[] boundaries() {
    Optional<CodeMap.Function> function = function();
    if (function.isEmpty()) {
      return new long[0];
    }
    CodeMap.Function known = function.get();
    List<Long> entries = known.landings().addresses();
    ScanScope scope = new ScanScope(known.body(), entries, known.mayBranchIn());
    return architecture().scan(text, scope).boundaries();
  }

  private ProbePicture draw(Kprobes kprobes) {
    try (ProbeHandle probe = kprobes.register(Kprobe.at(address).onHit(registers -> {}).build())) {
      kprobes.runOptimizer();
      return probe.picture();
    }
  }
}
