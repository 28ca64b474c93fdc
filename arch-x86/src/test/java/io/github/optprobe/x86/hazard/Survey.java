package io.github.optprobe.x86.hazard;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Asks a registry about the instructions of a library: which may be probed, and which may become
 * jumps. Nothing is executed.
 */
final class Survey {
  static final long BASE = 0x10_0000_0000L;
  private static final long GATE = 0xF_F000_0000L;
  private static final long SEED = 0x5eed;

  private final X86_64 architecture = new X86_64();
  private final ByteArrayText text;
  private final List<CodeMap.Function> functions;
  private final AddressRange textRange;

  Survey(ElfLibrary library) {
    text = library.text(BASE);
    functions = library.functions(BASE, architecture, text);
    textRange =
        new AddressRange(
            functions.get(0).body().first(), functions.get(functions.size() - 1).body().last());
  }

  /**
   * A jump that was refused.
   *
   * @param at where it would stand, as an address in the file
   */
  record Refused(long at, Refusal refusal) {}

  /** What became of the questions of one survey. */
  static final class Answers {
    final List<Overwritten> optimized = new ArrayList<>();
    final Map<String, Integer> forms = new TreeMap<>();
    final Map<String, Integer> refused = new TreeMap<>();
    final List<Refused> refusals = new ArrayList<>();
    int tried;
    int probed;

    double share() {
      return (double) optimized.size() / tried;
    }

    @Override
    public String toString() {
      return "%7d tried, %7d probed, %7d optimized (%.2f %%) as %s; others %s"
          .formatted(tried, probed, optimized.size(), 100 * share(), forms, refused);
    }
  }

  List<CodeMap.Function> functions() {
    return functions;
  }

  /** Asks about the first instruction of each function. */
  Answers entries(WindowPolicy policy) {
    Answers answers = new Answers();
    try (Kprobes kprobes = registry(policy)) {
      functions.forEach(function -> ask(kprobes, function.body().first(), answers));
    }
    return answers;
  }

  /** Asks about all instructions of one function in {@code every}, chosen by a fixed seed. */
  Answers boundaries(WindowPolicy policy, int every) {
    Answers answers = new Answers();
    Random random = new Random(SEED);
    try (Kprobes kprobes = registry(policy)) {
      for (CodeMap.Function function : functions) {
        if (random.nextInt(every) == 0) {
          CodeScan scan = architecture.scan(text, function.body());
          for (long address : scan.boundaries()) {
            ask(kprobes, address, answers);
          }
        }
      }
    }
    return answers;
  }

  private void ask(Kprobes kprobes, long address, Answers answers) {
    Explanation explanation = kprobes.explain(X86_64.at(address));
    long stands = explanation.instruction().address().value();
    answers.tried++;
    if (explanation.isProbeable()) {
      answers.probed++;
    }
    Explanation.Verdict jump = explanation.verdict(Tier.OPTIMIZED);
    if (jump.isAccepted()) {
      answers.optimized.add(Overwritten.by(jump.patches(), stands, BASE, textRange));
      answers.forms.merge(jump.form().orElseThrow().name(), 1, Integer::sum);
    } else {
      answers.refusals.add(new Refused(stands - BASE, jump.refusal().orElseThrow()));
      answers.refused.merge(jump.refusal().map(Refusal::code).orElseThrow(), 1, Integer::sum);
    }
  }

  private Kprobes registry(WindowPolicy policy) {
    return Kprobes.builder(text)
        .architecture(architecture)
        .windowPolicy(policy)
        .codeMap(CodeMap.of(functions))
        .gate(GATE)
        .build();
  }
}
