package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.Optional;

/**
 * Where a probe really stands: behind the mark of a landing place, which has to stay, and, at the
 * entry of a function, behind the instructions that were put there to be patched by others. What
 * arrives at the address that was asked for arrives there next. Used under the registry's lock.
 * Source: the kernel's {@code arch_adjust_kprobe_addr()}.
 */
final class Standing {
  private final CodeMap codeMap;
  private final boolean trustBoundaries;
  private final Scans scans;
  private final TextReader original;

  Standing(CodeMap codeMap, boolean trustBoundaries, Scans scans, TextReader original) {
    this.codeMap = codeMap;
    this.trustBoundaries = trustBoundaries;
    this.scans = scans;
    this.original = original;
  }

  /** Where a probe asked for at an address stands; the address itself wherever in doubt. */
  CodeAddress of(Architecture architecture, CodeAddress asked) {
    if (!isBoundary(architecture, asked)) {
      return asked;
    }
    CodeAddress marked = asked.plus(architecture.landingMarkBytes(original, asked));
    Optional<CodeMap.Function> entered =
        codeMap
            .functionAt(asked.value())
            .filter(function -> function.body().first() == asked.value());
    return entered
        .flatMap(function -> behindPadding(architecture, function, marked))
        .orElse(marked);
  }

  /** Whether a probe that stands at an address is at the entry of a function. */
  boolean isEntry(Architecture architecture, CodeMap.Function function, CodeAddress address) {
    CodeAddress first = new CodeAddress(function.body().first(), address.instructionSet());
    return address.equals(first) || address.equals(of(architecture, first));
  }

  /** Nothing may come there but through the entry, or the probe would be hit too often. */
  private Optional<CodeAddress> behindPadding(
      Architecture architecture, CodeMap.Function function, CodeAddress entry) {
    int bytes = architecture.patchableEntryBytes(original, entry);
    CodeAddress behind = entry.plus(bytes);
    return bytes > 0
            && function.body().contains(behind.value())
            && !isBranchedInto(
                architecture, function, new AddressRange(entry.value() + 1, behind.value()))
        ? Optional.of(behind)
        : Optional.empty();
  }

  private boolean isBranchedInto(
      Architecture architecture, CodeMap.Function function, AddressRange range) {
    return isBranchedInto(scans.of(architecture, function), range)
        || function.mayBranchIn().stream()
            .anyMatch(other -> isBranchedInto(scans.of(architecture, other), range));
  }

  private static boolean isBranchedInto(CodeScan scan, AddressRange range) {
    return !scan.branchesInto(range).isEmpty();
  }

  private boolean isBoundary(Architecture architecture, CodeAddress address) {
    boolean aligned = architecture.instructionSet().isAligned(address.value());
    return aligned
        && (trustBoundaries
            || codeMap
                .functionAt(address.value())
                .map(function -> scans.of(architecture, function))
                .filter(scan -> scan.isBoundary(address.value()))
                .isPresent());
  }
}
