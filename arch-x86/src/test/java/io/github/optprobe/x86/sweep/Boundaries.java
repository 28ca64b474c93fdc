package io.github.optprobe.x86.sweep;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.X86_64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The functions of a library in a sandbox, and the places in them that are tried. */
final class Boundaries {
  private final List<CodeMap.Function> functions = new ArrayList<>();
  private final List<Long> chosen = new ArrayList<>();

  private Boundaries() {}

  /** All functions, with what branches into their middles; all entries and a sample. */
  static Boundaries all(X86_64 architecture, TextReader text, ElfLibrary library, int sample) {
    return of(architecture, text, library.functions(), sample);
  }

  /** The same of some functions only, which are taken to be entered at their start. */
  static Boundaries some(
      X86_64 architecture, TextReader text, ElfLibrary library, int functions, int sample) {
    SplittableRandom random = new SplittableRandom(functions);
    List<AddressRange> all = library.functions();
    List<AddressRange> some =
        IntStream.range(0, functions)
            .map(i -> random.nextInt(all.size()))
            .sorted()
            .distinct()
            .mapToObj(all::get)
            .toList();
    return of(architecture, text, some, sample);
  }

  private static Boundaries of(
      X86_64 architecture, TextReader text, List<AddressRange> functions, int sample) {
    Boundaries boundaries = new Boundaries();
    TreeMap<Long, AddressRange> bodies = new TreeMap<>();
    List<long[]> starts = new ArrayList<>();
    Map<Long, List<AddressRange>> enteredFrom = new HashMap<>();
    functions.stream().map(Boundaries::based).forEach(body -> bodies.put(body.first(), body));
    for (AddressRange body : bodies.values()) {
      CodeScan scan = architecture.scan(text, body);
      starts.add(scan.boundaries());
      for (CodeScan.Branch branch : scan.branchesInto(AddressRange.ALL)) {
        var into = bodies.floorEntry(branch.to());
        if (into != null
            && into.getKey() != branch.to()
            && into.getKey() != body.first()
            && into.getValue().contains(branch.to())) {
          enteredFrom
              .computeIfAbsent(into.getKey(), unused -> new ArrayList<>())
              .add(instructionAt(scan.boundaries(), branch.from(), body));
        }
      }
    }
    for (AddressRange body : bodies.values()) {
      boundaries.functions.add(
          new CodeMap.Function(
              "f%x".formatted(body.first() - Sandbox.BASE),
              body,
              enteredFrom.getOrDefault(body.first(), List.of())));
    }
    boundaries.choose(starts, sample);
    return boundaries;
  }

  /** Of a function that branches into another one, nothing else can lead there. */
  private static AddressRange instructionAt(long[] boundaries, long from, AddressRange body) {
    int next = Arrays.binarySearch(boundaries, from) + 1;
    return new AddressRange(from, next < boundaries.length ? boundaries[next] - 1 : body.last());
  }

  private static AddressRange based(AddressRange range) {
    return AddressRange.ofLength(Sandbox.BASE + range.first(), range.length());
  }

  /** Each with the same probability, so many in the end. */
  private void choose(List<long[]> starts, int sample) {
    SplittableRandom random = new SplittableRandom(sample);
    long left = starts.stream().mapToLong(each -> each.length - 1L).sum();
    long wanted = Math.min(sample, left);
    for (long[] function : starts) {
      for (int i = 0; i < function.length; i++) {
        if (i == 0) {
          chosen.add(function[i]);
        } else if (random.nextLong(left--) < wanted) {
          chosen.add(function[i]);
          wanted--;
        }
      }
    }
  }

  List<CodeMap.Function> functions() {
    return functions;
  }

  /** The chosen addresses, ascending. */
  List<Long> chosen() {
    return chosen;
  }
}
