package io.github.optprobe.live.safety;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Calls functions of C++ that throw through each other, unprobed and probed in all ways, and prints
 * a line for each way: how it is called, whether the results are the same, and how many hits there
 * were. The argument is the path of the library.
 */
final class CppProgram {
  static final List<String> FUNCTIONS =
      List.of("throw_from_bottom", "pass_through", "rethrow", "nested", "leave_thread");

  private static final int TIMES = 50;
  private static final String LIBRARY = "libthrowing.so";

  private final NativeLibrary library;
  private final List<String> scenarios =
      List.of("simple", "recursion", "rethrown", "inside_catch", "caught_by_caller", "thread_exit");

  private CppProgram(String path) {
    library = NativeLibrary.getInstance(path);
  }

  /** Runs it. */
  public static void main(String[] arguments) throws InterruptedException {
    new CppProgram(arguments[0]).run();
  }

  private String results() {
    StringBuilder seen = new StringBuilder();
    for (String scenario : scenarios) {
      for (int i = 0; i < TIMES; i++) {
        seen.append(library.getFunction(scenario).invokeInt(new Object[] {i % 7})).append(' ');
      }
    }
    return seen.toString();
  }

  private void run() throws InterruptedException {
    String expected = results();
    System.out.println("RESULTS " + expected);
    try (LiveProcess live = LiveProcess.builder().optimizerByHand().open()) {
      LongAdder hits = new LongAdder();
      Counter counter = Counter.create();
      for (Tier tier : List.of(Tier.BOOSTED, Tier.OPTIMIZED)) {
        compare(live, "java " + tier, expected, hits, place -> java(place, tier, hits));
        compare(
            live,
            "counter " + tier,
            expected,
            hits,
            place -> Kprobe.at(place).preHandler(counter).upTo(tier).build());
        compare(live, "return " + tier, expected, hits, place -> returning(place, tier, hits));
      }
      System.out.println("LOST " + live.lost());
    }
    System.out.println("CLOSED " + expected.equals(results()));
  }

  private static Probe java(SymbolOffset place, Tier tier, LongAdder hits) {
    return Kprobe.at(place).onHit(registers -> hits.increment()).upTo(tier).build();
  }

  private static Probe returning(SymbolOffset place, Tier tier, LongAdder hits) {
    return Kretprobe.at(place)
        .maxActive(256)
        .onEntry(registers -> hits.increment())
        .upTo(tier)
        .build();
  }

  /** Makes a probe for a place. */
  @FunctionalInterface
  private interface Maker {
    Probe make(SymbolOffset place);
  }

  private void compare(
      LiveProcess live, String how, String expected, LongAdder javaHits, Maker maker)
      throws InterruptedException {
    Kprobes kprobes = live.kprobes();
    javaHits.reset();
    List<ProbeHandle> handles = new ArrayList<>();
    for (String function : FUNCTIONS) {
      SymbolOffset place = new SymbolOffset(LIBRARY, function, 0);
      handles.add(
          maker.make(place) instanceof Kretprobe<?> kretprobe
              ? kprobes.register(kretprobe)
              : kprobes.register((Kprobe) maker.make(place)));
    }
    kprobes.awaitOptimizer(Duration.ofSeconds(10));
    String tiers =
        handles.stream().map(each -> each.tier().map(Tier::name).orElse("-")).toList() + "";
    boolean same = expected.equals(results());
    long hits = handles.get(0).hits();
    kprobes.unregisterAll(handles);
    kprobes.awaitOptimizer(Duration.ofSeconds(10));
    System.out.printf("%s: same=%s hits=%d %s%n", how, same, hits, tiers);
  }
}
