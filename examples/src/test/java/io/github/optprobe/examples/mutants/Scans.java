package io.github.optprobe.examples.mutants;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a scan has found, to be changed and found again. */
final class Scans {
  private Scans() {}

  static CodeScan.Builder copy(CodeScan scan) {
    return copy(scan, branch -> true);
  }

  /** With some of the branches only. */
  static CodeScan.Builder copy(CodeScan scan, Predicate<CodeScan.Branch> which) {
    CodeScan.Builder copy = CodeScan.of(scan.range());
    for (long boundary : scan.boundaries()) {
      copy.instruction(boundary);
    }
    branches(scan).stream().filter(which).forEach(each -> copy.branch(each.from(), each.to()));
    scan.firstUndecodable().ifPresent(copy::undecodable);
    scan.firstIndirectJump().ifPresent(copy::indirectJump);
    return copy;
  }

  private static List<CodeScan.Branch> branches(CodeScan scan) {
    AddressRange all = new AddressRange(0, -1L);
    return new ArrayList<>(scan.branchesInto(all));
  }
}
