package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds room for islands: gaps between known functions that consist of padding which nothing
 * executes. A gap counts only as a whole: it begins behind a known function that decodes and does
 * not run on into it, it ends where the next known function or the text does, neither of the two
 * branches into it, and all of it is padding. Padding that somebody else patches, as some do in
 * front of functions, has to be reserved. Used under the registry's lock.
 */
final class Padding {
  /** How far from the probed address gaps are looked for, at most, in bytes. */
  static final int SEARCH = 512;

  /** Longer gaps are not looked at: alignment makes none, in bytes. */
  private static final int LONGEST_GAP = 256;

  private final CodeMap codeMap;
  private final TextReader original;
  private final Scans scans;
  private final Neighbours neighbours;
  private final OffLimits offLimits;
  private final Islands islands;

  Padding(
      CodeMap codeMap,
      TextReader original,
      Scans scans,
      Neighbours neighbours,
      OffLimits offLimits,
      Islands islands) {
    this.codeMap = codeMap;
    this.original = original;
    this.scans = scans;
    this.neighbours = neighbours;
    this.offLimits = offLimits;
    this.islands = islands;
  }

  /**
   * Finds a place for an island.
   *
   * @param within where all of it must lie
   */
  Optional<AddressRange> find(
      Architecture architecture, CodeAddress probed, int bytes, AddressRange within) {
    return AddressRange.around(probed.value(), SEARCH, SEARCH)
        .intersect(within)
        .flatMap(range -> search(architecture, bytes, range));
  }

  private Optional<AddressRange> search(Architecture architecture, int bytes, AddressRange range) {
    long at = range.first();
    while (range.contains(at)) {
      Optional<CodeMap.Function> function = codeMap.functionAt(at);
      AddressRange passed;
      if (function.isPresent()) {
        passed = function.get().body();
      } else {
        Gap gap = gapAround(at);
        passed = gap.bytes();
        Optional<AddressRange> place =
            gap.bytes().intersect(range).flatMap(part -> placeIn(part, bytes));
        if (place.isPresent() && isUnreached(architecture, gap)) {
          return place;
        }
      }
      if (passed.last() == -1L) {
        break;
      }
      at = passed.last() + 1;
    }
    return Optional.empty();
  }

  /** The bytes around an address that are in no known function, as far as is looked. */
  private Gap gapAround(long at) {
    long first = at;
    CodeMap.@Nullable Function before = null;
    while (before == null && first != 0 && at - first < LONGEST_GAP) {
      before = codeMap.functionAt(first - 1).orElse(null);
      first -= before == null ? 1 : 0;
    }
    long last = at;
    CodeMap.@Nullable Function next = null;
    boolean ended = false;
    while (!ended && last - first < LONGEST_GAP) {
      next = last == -1L ? null : codeMap.functionAt(last + 1).orElse(null);
      ended = next != null || last == -1L || !isMapped(last + 1);
      last += ended ? 0 : 1;
    }
    return new Gap(before, new AddressRange(first, last), next, ended);
  }

  private boolean isMapped(long address) {
    return original.read(address, new byte[1], 0, 1) == 1;
  }

  /** The lowest place that is free. */
  private Optional<AddressRange> placeIn(AddressRange part, int bytes) {
    for (long offset = 0; offset + bytes <= part.length(); offset++) {
      AddressRange place = AddressRange.ofLength(part.first() + offset, bytes);
      if (isFree(place)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  private boolean isFree(AddressRange place) {
    return !islands.overlaps(place)
        && !offLimits.touches(place)
        && neighbours.reaching(place).stream().noneMatch(probe -> mayOverwrite(probe, place));
  }

  private static boolean mayOverwrite(Aggregate probe, AddressRange place) {
    PreparedDetour detour = probe.detour();
    return probe.instruction().overlaps(place)
        || (detour != null && detour.window().overlaps(place));
  }

  private boolean isUnreached(Architecture architecture, Gap gap) {
    CodeMap.Function before = gap.before();
    if (before == null || !gap.ended() || !isMapped(gap.bytes().last())) {
      return false;
    }
    CodeScan body = scans.of(architecture, before);
    if (body.firstUndecodable().isPresent()) {
      return false;
    }
    long last = body.boundaryAtOrBelow(before.body().last());
    CodeAddress end = new CodeAddress(last, architecture.instructionSet());
    return architecture.isUnreachedPadding(original, end, gap.bytes())
        && Stream.of(before, gap.next())
            .filter(Objects::nonNull)
            .noneMatch(function -> branchesInto(architecture, function, gap.bytes()));
  }

  private boolean branchesInto(
      Architecture architecture, CodeMap.Function function, AddressRange gap) {
    return branchesInto(scans.of(architecture, function), gap)
        || function.mayBranchIn().stream()
            .anyMatch(range -> branchesInto(scans.of(architecture, range), gap));
  }

  private static boolean branchesInto(CodeScan scan, AddressRange gap) {
    return !scan.branchesInto(gap).isEmpty();
  }

  /**
   * Bytes between functions.
   *
   * @param before the function right in front of them; null if there is none near
   * @param next the function right behind them; null if there is none near
   * @param ended whether they end where a function begins or the text ends
   */
  private record Gap(
      CodeMap.@Nullable Function before,
      AddressRange bytes,
      CodeMap.@Nullable Function next,
      boolean ended) {}
}
