package io.github.optprobe;

import io.github.optprobe.text.AddressRange;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of the code in a text: where functions begin and end. Probing an address is safe
 * only if it is known to be the start of an instruction, and overwriting several instructions only
 * if nothing jumps between them; both are found by decoding the whole function.
 *
 * <p>Implementations must give the same answer each time, from any thread; for a range whose text
 * was removed, a new one from {@link Kprobes#textRemoved} on.
 */
@FunctionalInterface
public interface CodeMap {

  /** The function whose body holds {@code address}; empty if it is in none that is known. */
  Optional<Function> functionAt(long address);

  /** A map that knows nothing. */
  static CodeMap empty() {
    return address -> Optional.empty();
  }

  /**
   * A map of the given functions.
   *
   * @throws IllegalArgumentException if two of them overlap
   */
  static CodeMap of(Function... functions) {
    return of(List.of(functions));
  }

  /** A map of the given functions; see {@link #of(Function...)}. */
  static CodeMap of(List<Function> functions) {
    TreeMap<Long, Function> byStart = new TreeMap<>(Long::compareUnsigned);
    for (Function function : functions) {
      var below = byStart.floorEntry(function.body().last());
      if (below != null && below.getValue().body().overlaps(function.body())) {
        throw new IllegalArgumentException("%s overlaps %s".formatted(function, below.getValue()));
      }
      byStart.put(function.body().first(), function);
    }
    return address ->
        Optional.ofNullable(byStart.floorEntry(address))
            .map(entry -> entry.getValue())
            .filter(function -> function.body().contains(address));
  }

  /**
   * A function.
   *
   * @param name for people
   * @param body all of its code, contiguous
   * @param mayBranchIn other code that may jump into the middle of the body and is therefore
   *     scanned too: cold parts that a compiler split off, or code of which nothing is known. Code
   *     in none of these ranges is taken to enter the function at its start, or at one of its
   *     landings, only. The indirect jumps of such a range count as the function's own if the range
   *     is the body of a function of the map
   * @param landings where else it may be entered; if they are known, they have the targets of the
   *     branches in {@code mayBranchIn} too
   */
  record Function(
      String name, AddressRange body, List<AddressRange> mayBranchIn, Landings landings) {

    /** Creates a function. */
    public Function {
      mayBranchIn = List.copyOf(mayBranchIn);
    }

    /** A function of which it is not known where else it may be entered. */
    public Function(String name, AddressRange body, List<AddressRange> mayBranchIn) {
      this(name, body, mayBranchIn, Landings.unknown());
    }

    /** A function that no other code is known to branch into. */
    public Function(String name, AddressRange body) {
      this(name, body, List.of());
    }
  }
}
