package io.github.optprobe.testkit.fuzz;

import java.util.OptionalLong;

/**
 * Makes cases. Each is a function of the seed and its index, so that any of them can be made again
 * alone. Confined to one thread: a generator may reuse memory.
 */
public interface Generator {

  /** The name that {@link Generators#named} knows it by. */
  String name();

  /**
   * Makes a case.
   *
   * @param seed of the campaign
   * @param index of the case, not negative
   * @param into takes the bytes, from its start on; at least 16 long
   * @return how many bytes there are
   */
  int generate(long seed, long index, byte[] into);

  /** How many different cases there are; empty if there are more than anyone can try. */
  default OptionalLong size() {
    return OptionalLong.empty();
  }
}
