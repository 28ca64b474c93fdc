package io.github.optprobe.examples.command;

import io.github.optprobe.arch.Architecture;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Executors that are not in use, by instruction set, for as long as a sweep lasts. Thread-safe. */
final class TrialExecutors implements BoundaryExecutor.Source {
  private final Map<String, Queue<TrialExecutor>> free = new ConcurrentHashMap<>();

  @Override
  public BoundaryExecutor open(Architecture architecture) {
    TrialExecutor kept = freeOf(architecture.instructionSet().name()).poll();
    return kept == null ? TrialExecutor.open(architecture, this) : kept;
  }

  void giveBack(TrialExecutor executor) {
    freeOf(executor.instructionSet()).add(executor);
  }

  private Queue<TrialExecutor> freeOf(String instructionSet) {
    return free.computeIfAbsent(instructionSet, added -> new ConcurrentLinkedQueue<>());
  }

  @Override
  public void close() {
    free.values().forEach(kept -> kept.forEach(TrialExecutor::dispose));
    free.clear();
  }
}
