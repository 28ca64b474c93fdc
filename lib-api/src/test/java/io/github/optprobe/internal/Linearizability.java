package io.github.optprobe.internal;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.strategy.managed.modelchecking.ModelCheckingOptions;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;

/**
 * How Lincheck is run here. A class with operations is checked against a sequential specification:
 * concurrent operations must give results that some order of them, one after the other, gives too.
 */
final class Linearizability {
  private static final int OPERATIONS = 3;

  private Linearizability() {}

  /**
   * Goes through interleavings of some operations one by one. Lincheck walks through all objects
   * for that and can not read the fields of records.
   *
   * @param calls what each thread calls: methods that take the thread's number
   */
  static void modelCheck(Class<?> operations, Class<?> specification, List<List<String>> calls) {
    List<List<Actor>> threads = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      int thread = i;
      threads.add(calls.get(i).stream().map(call -> actor(operations, call, thread)).toList());
    }
    LinChecker.check(
        operations,
        new ModelCheckingOptions()
            .addCustomScenario(new ExecutionScenario(List.of(), threads, List.of(), null))
            .iterations(0)
            .invocationsPerIteration(600)
            .sequentialSpecification(specification));
  }

  private static Actor actor(Class<?> operations, String method, int thread) {
    try {
      return new Actor(operations.getMethod(method, int.class), List.of(thread));
    } catch (NoSuchMethodException missing) {
      throw new IllegalArgumentException(missing);
    }
  }

  /** Runs random operations on real threads, many times. */
  static void stress(Class<?> operations, Class<?> specification) {
    LinChecker.check(
        operations,
        new StressOptions()
            .threads(3)
            .actorsPerThread(OPERATIONS)
            .actorsBefore(2)
            .actorsAfter(3)
            .iterations(15)
            .invocationsPerIteration(100)
            .sequentialSpecification(specification));
  }
}
