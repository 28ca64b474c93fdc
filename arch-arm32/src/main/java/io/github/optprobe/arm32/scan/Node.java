package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.text.AddressRange;
import java.util.Set;
import java.util.TreeSet;

/** An instruction that a path reaches. Mutable, for one thread. */
final class Node {
  /** Instead of a predecessor: the function is entered here. */
  static final long ENTRY = -1;

  private static final int VISITS_BEFORE_WIDENING = 6;

  private final Instruction instruction;
  private final Flow flow;
  private final State state;
  private final Set<Long> before = new TreeSet<>();
  private final Set<Long> behind = new TreeSet<>();
  private int visits;

  Node(Instruction instruction, State state) {
    this.instruction = instruction;
    this.flow = Flow.of(instruction);
    this.state = state;
  }

  Instruction instruction() {
    return instruction;
  }

  Flow flow() {
    return flow;
  }

  /** What is known in front of it; not to be changed. */
  State state() {
    return state;
  }

  AddressRange bytes() {
    return AddressRange.ofLength(instruction.address(), instruction.length());
  }

  /** Takes in another way to come here; whether anything changed. */
  boolean join(State other) {
    return state.join(other, visits++ > VISITS_BEFORE_WIDENING);
  }

  /** Where it is reached from, {@link #ENTRY} perhaps among them. */
  Set<Long> before() {
    return before;
  }

  /** Where it leads within the function. */
  Set<Long> behind() {
    return behind;
  }
}
