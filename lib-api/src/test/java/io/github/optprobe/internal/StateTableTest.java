package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.optprobe.Kprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.internal.HandleLife.Operation;
import io.github.optprobe.internal.HandleLife.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every cell of the tables in {@code docs/states.md} is executed. */
class StateTableTest {
  private static final String LIFE = "The life of a handle";
  private static final String MOVEMENTS = "What is done to the text";
  private static final String EAGER = "Every situation and every operation";
  private static final String LAZY = "The same where the registry unoptimizes lazily";
  private static final String UNOPTIMIZING = "UNOPTIMIZING";

  /** How a probe is brought into a situation. */
  private static final Map<String, Consumer<StateBench>> SITUATIONS = new LinkedHashMap<>();

  /** What is done to it, and what that comes to. */
  private static final Map<String, Function<StateBench, String>> OPERATIONS = new LinkedHashMap<>();

  static {
    SITUATIONS.put("UNREGISTERED", bench -> plain(bench).close());
    SITUATIONS.put(
        "GONE",
        bench -> {
          plain(bench);
          bench.removeText();
        });
    SITUATIONS.put("DISABLED", bench -> bench.register(StateBench.kprobe().startDisabled()));
    SITUATIONS.put(
        "DISARMED",
        bench -> {
          plain(bench);
          bench.kprobes.disarmAll();
        });
    SITUATIONS.put(
        "ARMED: optimizing is off",
        bench -> {
          plain(bench);
          bench.kprobes.setOptimizing(false);
        });
    SITUATIONS.put("ARMED: a post-handler is there", with(StateBench::postJoins));
    SITUATIONS.put("ARMED: a probe in the window", with(StateBench::insideComes));
    SITUATIONS.put(
        "ARMED: can not be optimized",
        bench -> bench.register(StateBench.kprobe().upTo(Tier.BOOSTED)));
    SITUATIONS.put("OPTIMIZING", StateTableTest::plain);
    SITUATIONS.put("OPTIMIZED", StateTableTest::optimized);
    SITUATIONS.put(UNOPTIMIZING, bench -> optimized(bench).disable());

    operation("enable", bench -> bench.probe().enable());
    operation("disable", bench -> bench.probe().disable());
    operation("close", bench -> bench.probe().close());
    operation("close in a batch", bench -> bench.kprobes.unregisterAll(List.of(bench.probe())));
    operation("run the optimizer", bench -> bench.kprobes.runOptimizer());
    operation("disarm all", bench -> bench.kprobes.disarmAll());
    operation("arm all", bench -> bench.kprobes.armAll());
    operation("optimizing off", bench -> bench.kprobes.setOptimizing(false));
    operation("optimizing on", bench -> bench.kprobes.setOptimizing(true));
    operation("a kprobe joins", bench -> bench.kprobes.register(StateBench.kprobe().build()));
    operation("one with a post-handler joins", StateBench::postJoins);
    operation("and leaves", StateBench::postLeaves);
    operation("a probe comes into the window", StateBench::insideComes);
    operation("and goes", StateBench::insideLeaves);
    operation("text removed", StateBench::removeText);
    failing("enable, a store fails", bench -> bench.probe().enable());
    failing("disable, a store fails", bench -> bench.probe().disable());
    failing("close, a store fails", bench -> bench.probe().close());
    failing("run the optimizer, a store fails", bench -> bench.kprobes.runOptimizer());
    failing("disarm all, a store fails", bench -> bench.kprobes.disarmAll());
  }

  private static void operation(String name, Consumer<StateBench> run) {
    OPERATIONS.put(name, bench -> bench.outcome(() -> run.accept(bench)));
  }

  private static void failing(String name, Consumer<StateBench> run) {
    OPERATIONS.put(name, bench -> bench.whileAStoreFails(() -> run.accept(bench)));
  }

  private static Consumer<StateBench> with(Consumer<StateBench> other) {
    return bench -> {
      plain(bench);
      other.accept(bench);
    };
  }

  private static ProbeHandle plain(StateBench bench) {
    Kprobe.Builder kprobe = StateBench.kprobe();
    return bench.register(kprobe);
  }

  private static ProbeHandle optimized(StateBench bench) {
    ProbeHandle handle = plain(bench);
    bench.kprobes.runOptimizer();
    return handle;
  }

  private static StateBench bench(String situation, boolean lazy) {
    StateBench bench = new StateBench(lazy);
    SITUATIONS.get(situation).accept(bench);
    assertThat(situation).startsWith(bench.probe().state().name());
    return bench;
  }

  @TestFactory
  Stream<DynamicTest> everySituationAndOperation() {
    return cells(EAGER, false);
  }

  @TestFactory
  Stream<DynamicTest> everySituationAndOperationWhereUnoptimizingIsLazy() {
    return cells(LAZY, true);
  }

  private static Stream<DynamicTest> cells(String heading, boolean lazy) {
    Map<String, Map<String, String>> table = StateTables.under(heading);
    List<String> situations = new ArrayList<>(SITUATIONS.keySet());
    situations.removeIf(each -> !lazy && each.equals(UNOPTIMIZING));
    assertThat(table.keySet()).containsExactlyElementsOf(OPERATIONS.keySet());
    List<DynamicTest> tests = new ArrayList<>();
    table.forEach(
        (operation, row) -> {
          assertThat(row.keySet()).containsExactlyElementsOf(situations);
          row.forEach(
              (situation, cell) ->
                  tests.add(
                      dynamicTest(
                          situation + " x " + operation,
                          () -> execute(situation, operation, lazy, cell))));
        });
    return tests.stream();
  }

  private static void execute(String situation, String operation, boolean lazy, String cell) {
    StateBench bench = bench(situation, lazy);
    assertThat(OPERATIONS.get(operation).apply(bench)).isEqualTo(cell);
    bench.checkAndTakeAway();
  }

  @TestFactory
  Stream<DynamicTest> everyStationOfAHandleAndEveryOperation() {
    List<DynamicTest> tests = new ArrayList<>();
    StateTables.under(LIFE)
        .forEach(
            (station, row) ->
                row.forEach(
                    (operation, cell) ->
                        tests.add(
                            dynamicTest(
                                station + " x " + operation,
                                () -> executeLife(station, operation, cell)))));
    assertThat(tests).hasSize(HandleLife.values().length * Operation.values().length);
    return tests.stream();
  }

  private static void executeLife(String station, String operation, String cell) {
    HandleLife life = HandleLife.valueOf(station);
    Verdict verdict = life.verdict(Operation.valueOf(constant(operation)));
    assertThat(cell).isEqualTo(word(verdict));
    StateBench bench = bench(life == HandleLife.REGISTERED ? "OPTIMIZED" : station, false);
    String before = bench.outcome(() -> {});
    String after = OPERATIONS.get(operation).apply(bench);
    switch (verdict) {
      case ERROR -> assertThat(after).isEqualTo("error; " + before);
      case NOTHING -> assertThat(after).isEqualTo(before);
      // What is done about enabling a probe that is enabled is in the other table.
      case DO -> assertThat(after).doesNotStartWith("error");
    }
    bench.checkAndTakeAway();
  }

  private static String constant(String words) {
    return words.toUpperCase(Locale.ROOT).replaceFirst(" A ", "_").replace(' ', '_');
  }

  private static String word(Verdict verdict) {
    return verdict == Verdict.DO ? "done" : verdict.name().toLowerCase(Locale.ROOT);
  }

  /** For each movement, how it comes about: the situation and the operation. */
  private static final Map<String, List<String>> MOVES =
      Map.of(
          "ORIGINAL ORIGINAL", List.of("DISABLED", "disable"),
          "ORIGINAL BREAKPOINT", List.of("DISABLED", "one with a post-handler joins"),
          "ORIGINAL JUMP", List.of("DISABLED", "enable"),
          "BREAKPOINT ORIGINAL", List.of("OPTIMIZING", "disable"),
          "BREAKPOINT BREAKPOINT", List.of("ARMED: can not be optimized", "a kprobe joins"),
          "BREAKPOINT JUMP", List.of("ARMED: optimizing is off", "optimizing on"),
          "JUMP ORIGINAL", List.of("OPTIMIZED", "disable"),
          "JUMP BREAKPOINT", List.of("OPTIMIZED", "one with a post-handler joins"),
          "JUMP JUMP", List.of("OPTIMIZED", "a kprobe joins"));

  @TestFactory
  Stream<DynamicTest> everyMovement() {
    List<DynamicTest> tests = new ArrayList<>();
    StateTables.under(MOVEMENTS)
        .forEach(
            (there, row) ->
                row.forEach(
                    (wanted, cell) ->
                        tests.add(
                            dynamicTest(
                                there + " x " + wanted, () -> executeMove(there, wanted, cell)))));
    assertThat(tests).hasSize(MOVES.size());
    return tests.stream();
  }

  private static void executeMove(String there, String wanted, String cell) {
    for (boolean lazy : new boolean[] {false, true}) {
      Movement movement = Movement.from(TextState.valueOf(there), TextState.valueOf(wanted), lazy);
      assertThat(cell).contains(movement.name());
      List<String> recipe = MOVES.get(there + " " + wanted);
      StateBench bench = bench(recipe.get(0), lazy);
      assertThat(bench.textThere()).isEqualTo(there.toLowerCase(Locale.ROOT));
      String before = bench.textThere();
      String after = OPERATIONS.get(recipe.get(1)).apply(bench);
      assertThat(after).endsWith(textAfter(movement, before));
      bench.checkAndTakeAway();
    }
  }

  private static String textAfter(Movement movement, String before) {
    return switch (movement) {
      case STAY -> before;
      case ARM, UNOPTIMIZE -> "breakpoint";
      case QUEUE_JUMP -> "OPTIMIZING breakpoint";
      case DISARM, RESTORE -> "original";
      case QUEUE_RESTORE -> "UNOPTIMIZING jump";
    };
  }
}
