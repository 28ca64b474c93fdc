package io.github.optprobe.model;

import io.github.optprobe.text.AddressRange;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Something that is done to a registry, as data. Probes and reservations are named by number; what
 * names one that is not there is left out, so that any part of a sequence is a sequence.
 */
public sealed interface Operation {

  /** One probe by itself, or several in a batch. */
  record Register(List<Plan> plans) implements Operation {
    @Override
    public Stream<Operation> smaller() {
      return without(plans).map(Register::new);
    }
  }

  /** One handle is closed, or several in a batch. */
  record Unregister(List<Integer> ids) implements Operation {
    @Override
    public Stream<Operation> smaller() {
      return without(ids).map(Unregister::new);
    }
  }

  /** Enables or disables a probe. */
  record Enable(int id, boolean on) implements Operation {}

  /** Arms or disarms all. */
  record ArmAll(boolean on) implements Operation {}

  /** Optimizing on or off. */
  record Optimizing(boolean on) implements Operation {}

  /** One pass of the optimizer; {@code await}: by waiting for it. */
  record RunOptimizer(boolean await) implements Operation {}

  /** The text in the range goes away; afterwards the same code is loaded there anew. */
  record RemoveText(AddressRange range) implements Operation {}

  /** Reserves a range, after a pass of the optimizer. */
  record Reserve(int id, AddressRange range) implements Operation {}

  /** Ends a reservation. */
  record EndReservation(int id) implements Operation {}

  /** Runs the program and compares what the handlers saw. */
  record Run() implements Operation {}

  /** Runs the program with changes, each followed by a pass, in the middle. */
  record RunWithChanges(List<Stop> stops) implements Operation {
    @Override
    public Stream<Operation> smaller() {
      return without(stops).map(RunWithChanges::new);
    }
  }

  /** After so many instructions, or gate calls, something is done. */
  record Stop(int steps, Operation change) {}

  /** The same with less in it, in every way. */
  default Stream<Operation> smaller() {
    return Stream.of();
  }

  private static <T> Stream<List<T>> without(List<T> all) {
    return IntStream.range(0, all.size() > 1 ? all.size() : 0)
        .mapToObj(
            gone ->
                IntStream.range(0, all.size())
                    .filter(i -> i != gone)
                    .<T>mapToObj(all::get)
                    .toList());
  }
}
