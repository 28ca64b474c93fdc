package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.table.ItState;

/**
 * Where an address stands in relation to IT blocks. Immutable.
 *
 * @param known whether it can be told
 * @param state what an instruction there finds; {@link ItState#OUTSIDE} if it cannot be told
 */
public record ItPosition(boolean known, ItState state) {
  static final ItPosition UNKNOWN = new ItPosition(false, ItState.OUTSIDE);

  static ItPosition of(ItState state) {
    return new ItPosition(true, state);
  }
}
