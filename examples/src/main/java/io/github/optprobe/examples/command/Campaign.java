package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Architectures;
import io.github.optprobe.testkit.fuzz.KnownDisagreements;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is fuzzed, and how, whatever the cases. Immutable: each thread opens a {@link Bench} of its
 * own for it.
 *
 * @param isa name of the instruction set
 * @param kinds who judges
 * @param decoders names of those that are compared or asked
 * @param generator name of what makes cases
 * @param executor what executes them
 * @param states from how many start states
 * @param known what is not to be reported
 * @param options what a user has said of all that, as a command line has it
 */
record Campaign(
    String isa,
    Set<OracleKind> kinds,
    List<String> decoders,
    String generator,
    ExecutorKind executor,
    int states,
    KnownDisagreements known,
    List<String> options) {

  /** Creates a campaign. */
  Campaign {
    kinds = Set.copyOf(kinds);
    decoders = List.copyOf(decoders);
    options = List.copyOf(options);
  }

  /** The architecture of the instruction set, if there is one. */
  Optional<Architecture> architecture() {
    return Architectures.all().stream()
        .filter(each -> each.instructionSet().name().equals(isa))
        .findFirst();
  }

  /** Whether what a case does depends on its seed too, not only on its bytes. */
  boolean needsSeed() {
    return kinds.contains(OracleKind.EXECUTION);
  }

  /** The kinds in the order in which they are documented. */
  List<OracleKind> sortedKinds() {
    return kinds.stream().sorted().toList();
  }
}
