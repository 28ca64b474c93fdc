package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.testkit.decode.CodeInput;
import java.util.List;
import java.util.function.Consumer;

/**
 * Judges cases: bytes, and a seed for whatever else is needed, such as registers to execute them
 * with. Confined to one thread. The verdict depends on input and seed only, so that a case can be
 * tried again alone.
 */
public interface CaseOracle {

  /** A short name in lower case. */
  String name();

  /**
   * Judges a case.
   *
   * @param input the bytes; an oracle may look at fewer, and may not keep it
   * @param seed of this case
   * @param findings takes what there is to object to; most cases have nothing
   */
  void check(CodeInput input, long seed, Consumer<? super Finding> findings);

  /**
   * What there is to see about a case, for people: as many lines as needed. As it is, nothing.
   *
   * @param input as given to {@link #check}
   * @param seed as given to {@link #check}
   */
  default String explain(CodeInput input, long seed) {
    return "";
  }

  /** Whether {@link #announce} makes the checks that follow cheaper. As it is, it does not. */
  default boolean wantsBatches() {
    return false;
  }

  /**
   * Tells which inputs are going to be checked next. As it is, nothing is done.
   *
   * @param instructionSet of all of them
   * @param inputs the bytes of each
   * @param address the address of each
   */
  default void announce(String instructionSet, List<byte[]> inputs, long address) {}
}
