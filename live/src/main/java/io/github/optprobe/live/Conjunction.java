package io.github.optprobe.live;

import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Needs;
import java.util.List;
import java.util.stream.Collectors;

/** Conditions that have to hold together. */
final class Conjunction extends Condition {
  private final List<Condition> all;

  Conjunction(List<Condition> all) {
    this.all = all;
  }

  @Override
  boolean test(Registers registers) {
    return all.stream().allMatch(condition -> condition.test(registers));
  }

  @Override
  void emit(Frame frame, Label otherwise) {
    all.forEach(condition -> condition.emit(frame, otherwise));
  }

  @Override
  Needs needs() {
    return all.stream().map(Condition::needs).reduce(Needs.LEAST, Needs::and);
  }

  @Override
  public String toString() {
    return all.stream().map(Condition::toString).collect(Collectors.joining(" and "));
  }
}
