package io.github.optprobe;

import java.util.List;

/**
 * Where a function may be entered besides its start: landing pads of an unwinder, targets of
 * branches in other functions, symbols inside it. Returns of calls that it makes are none.
 *
 * <p>Immutable and thread-safe.
 *
 * @param known whether {@code addresses} are all that there are. If so, code of the function that
 *     neither a branch of it nor one of them leads to is never executed
 * @param addresses those that are known, ascending (unsigned), inside the function
 */
public record Landings(boolean known, List<Long> addresses) {
  private static final Landings UNKNOWN = new Landings(false, List.of());
  private static final Landings NONE = new Landings(true, List.of());

  /** Creates it from addresses in any order. */
  public Landings {
    addresses = addresses.stream().sorted(Long::compareUnsigned).distinct().toList();
  }

  /** Nothing is known. */
  public static Landings unknown() {
    return UNKNOWN;
  }

  /** The function is entered at its start only. */
  public static Landings none() {
    return NONE;
  }

  /** The function is entered at its start and at these addresses only. */
  public static Landings at(List<Long> addresses) {
    return addresses.isEmpty() ? NONE : new Landings(true, addresses);
  }
}
