package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** All oracles together, what is known, and the one input that they are shown. */
final class Judge {
  private static final int TRIES = 400;
  private static final int TRIES_IN_BATCHES = 60;

  private final String instructionSet;
  private final List<CaseOracle> oracles;
  private final KnownDisagreements known;
  private final CodeInput input;
  private final List<Finding> found = new ArrayList<>();

  Judge(
      String instructionSet, List<CaseOracle> oracles, KnownDisagreements known, CodeInput input) {
    this.instructionSet = instructionSet;
    this.oracles = oracles;
    this.known = known;
    this.input = input;
  }

  /** What the oracles say; mostly nothing, for which no memory is used. */
  List<Finding> judge(byte[] bytes, int length, long seed) {
    input.set(bytes, length, FuzzRun.ADDRESS);
    found.clear();
    for (int i = 0; i < oracles.size(); i++) {
      oracles.get(i).check(input, seed, found::add);
    }
    return found.isEmpty() ? List.of() : List.copyOf(found);
  }

  /** The number of the entry that covers a finding, or -1. */
  int known(Finding finding, byte[] bytes) {
    int used = Math.min(finding.usedBytes(), bytes.length);
    return known.indexOf(finding, HexFormat.of().formatHex(bytes, 0, used));
  }

  /** The entries whose example is not covered by them. */
  List<KnownDisagreement> stale() {
    List<byte[]> examples =
        known.entries().stream().map(entry -> HexFormat.of().parseHex(entry.example())).toList();
    if (!examples.isEmpty() && wantsBatches()) {
      announce(examples);
    }
    List<KnownDisagreement> stale = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      if (!isMet(i, examples.get(i))) {
        stale.add(known.entries().get(i));
      }
    }
    return stale;
  }

  private boolean isMet(int entry, byte[] example) {
    return judge(example, example.length, 0).stream()
        .anyMatch(finding -> known(finding, example) == entry);
  }

  boolean wantsBatches() {
    return oracles.stream().anyMatch(CaseOracle::wantsBatches);
  }

  void announce(List<byte[]> inputs) {
    oracles.forEach(oracle -> oracle.announce(instructionSet, inputs, FuzzRun.ADDRESS));
  }

  /** The example made small. */
  byte[] minimise(Finding finding, byte[] example, long seed) {
    Minimizer minimizer =
        new Minimizer(
            candidate -> isSame(finding, candidate, seed),
            unit(instructionSet),
            wantsBatches() ? TRIES_IN_BATCHES : TRIES);
    return minimizer.minimise(example, finding.usedBytes());
  }

  private boolean isSame(Finding finding, byte[] candidate, long seed) {
    return judge(candidate, candidate.length, seed).stream()
        .anyMatch(other -> other.bin().equals(finding.bin()) && known(other, candidate) < 0);
  }

  /** The alignment of instructions; 1 for sets that are not known here. */
  static int unit(String instructionSet) {
    return switch (instructionSet) {
      case "a32" -> Integer.BYTES;
      case "t32" -> Short.BYTES;
      default -> 1;
    };
  }

  String explain(byte[] bytes, long seed) {
    input.set(bytes, bytes.length, FuzzRun.ADDRESS);
    return String.join(
        "\n",
        oracles.stream()
            .map(oracle -> oracle.explain(input, seed))
            .filter(text -> !text.isEmpty())
            .toList());
  }
}
