package io.github.optprobe.arm32.scan;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/** Scans of all functions of a file, counted, and compared with what objdump says. */
final class ScanFigures {
  private final ElfFile file;
  private final Listing listing;

  int functions;
  int whollyKnown;
  int undecodable;
  int computed;
  int otherIndirect;
  int boundaries;
  int missing;
  int tables;
  int tableTargets;
  int inItBlocks;
  int itUnknownWithoutScan;
  final List<String> wrong = new ArrayList<>();
  final Map<String, String> doubts = new TreeMap<>();
  final Map<String, Integer> unreached = new TreeMap<>();

  ScanFigures(ElfFile file, Listing listing) {
    this.file = file;
    this.listing = listing;
  }

  ScanFigures run() {
    file.functions().forEach(this::add);
    return this;
  }

  private void add(ElfFile.Symbol function) {
    AddressRange body = function.body();
    CodeScan scan = new CodeScanner(ArmDecoder.of(function.set())).scan(file, body);
    TreeSet<Long> found = new TreeSet<>();
    for (long boundary : scan.boundaries()) {
      found.add(boundary);
      if (!listing.isCode(boundary)) {
        wrong.add("%s 0x%x".formatted(function.name(), boundary));
      }
    }
    if (function.set() == ArmSet.T32) {
      addItBlocks(body, scan);
    }
    int left = 0;
    for (Map.Entry<Long, String> line : listing.codeIn(body).entrySet()) {
      if (!found.contains(line.getKey()) && !Listing.isNop(line.getValue())) {
        left++;
      }
    }
    functions++;
    boundaries += found.size();
    missing += left;
    addTables(body, scan);
    boolean decodes = scan.firstUndecodable().isEmpty();
    undecodable += decodes ? 0 : 1;
    computed += scan.firstComputedJump().isPresent() ? 1 : 0;
    boolean indirect = scan.firstIndirectJump().isPresent();
    otherIndirect += indirect && scan.firstComputedJump().isEmpty() ? 1 : 0;
    whollyKnown += decodes && !indirect && left == 0 ? 1 : 0;
    if (!decodes || indirect) {
      doubts.put(
          function.name(),
          "undecodable %s, computed %s, indirect %s"
              .formatted(
                  hex(scan.firstUndecodable()),
                  hex(scan.firstComputedJump()),
                  hex(scan.firstIndirectJump())));
    }
    if (left > 0) {
      unreached.put(function.name(), left);
    }
  }

  /** What leads to several places by addresses that are kept elsewhere goes through a table. */
  private void addTables(AddressRange body, CodeScan scan) {
    Map<Long, Integer> targets = new TreeMap<>();
    scan.branchesInto(body).stream()
        .filter(each -> !each.direct())
        .forEach(each -> targets.merge(each.from(), 1, Integer::sum));
    List<Integer> several = targets.values().stream().filter(count -> count > 1).toList();
    tables += several.size();
    tableTargets += several.stream().mapToInt(Integer::intValue).sum();
  }

  /** With the scan all is known; without, nothing that is said is wrong. */
  private void addItBlocks(AddressRange body, CodeScan scan) {
    Map<Long, String> truth = ItTruth.of(listing.codeIn(body));
    for (long address : scan.boundaries()) {
      String expected = truth.getOrDefault(address, "AL 0");
      ItPosition known = ItBlocks.of(file, Optional.of(scan), address);
      ItPosition guess = ItBlocks.of(file, Optional.empty(), address);
      ItState state = known.state();
      boolean right = expected.equals(state.condition() + " " + state.instructionsLeft());
      boolean told = scan.firstUndecodable().orElse(Long.MAX_VALUE) > address;
      if ((told && !(known.known() && right)) || (guess.known() && truth.containsKey(address))) {
        wrong.add("%s 0x%x is %s, not %s".formatted(body, address, expected, state));
      }
      inItBlocks += truth.containsKey(address) ? 1 : 0;
      itUnknownWithoutScan += guess.known() || truth.containsKey(address) ? 0 : 1;
    }
  }

  private static String hex(OptionalLong address) {
    return address.isPresent() ? "0x" + Long.toHexString(address.getAsLong()) : "-";
  }

  @Override
  public String toString() {
    return ("%d functions, %d wholly known, %d undecodable, %d with a computed jump, %d with another"
            + " indirect one; %d boundaries, %d instructions not reached, %d tables with %d targets,"
            + " %d in IT blocks, %d more not surely outside without a scan; %d wrong")
        .formatted(
            functions,
            whollyKnown,
            undecodable,
            computed,
            otherIndirect,
            boundaries,
            missing,
            tables,
            tableTargets,
            inItBlocks,
            itUnknownWithoutScan,
            wrong.size());
  }
}
