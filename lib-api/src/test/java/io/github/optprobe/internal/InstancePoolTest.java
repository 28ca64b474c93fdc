package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.SymbolResolver;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.ToyArchitecture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class InstancePoolTest {
  private static final int SIZE = 7;
  private static final int ROUNDS = 30_000;
  private static final long FUNCTION = 0x4000;

  private final AtomicInteger made = new AtomicInteger();
  private final InstancePool<Integer> pool = new InstancePool<>(member(), SIZE);

  /** A member of a registry, whose own pool is left alone. */
  @SuppressWarnings("unchecked")
  private KretprobeMember<Integer> member() {
    AddressRange body = AddressRange.ofLength(FUNCTION, 4);
    Settings settings =
        new Settings(
            ByteArrayText.at(FUNCTION, new byte[] {1, 1, 1, 0x0A}),
            List.of(new ToyArchitecture()),
            CodeMap.of(new CodeMap.Function("f", body)),
            SymbolResolver.none(),
            false,
            Optional.empty(),
            List.of(),
            null,
            false,
            Duration.ZERO,
            WindowPolicy.CONSERVATIVE,
            1,
            false,
            false,
            HitRouter.NONE);
    Kretprobe<Integer> probe =
        Kretprobe.<Integer>at(new CodeAddress(FUNCTION, ToyArchitecture.TOY), made::getAndIncrement)
            .maxActive(1)
            .build();
    return (KretprobeMember<Integer>) new Registry(settings).register(List.of(probe)).get(0);
  }

  @Test
  void givesEachInstanceOnceAndThenNone() {
    Set<Instance<Integer>> taken = takeAll();

    assertThat(taken).hasSize(SIZE);
    assertThat(taken.stream().map(Instance::data)).doesNotHaveDuplicates();
    assertThat(pool.take()).isNull();
    assertThat(pool.active()).isEqualTo(SIZE);
    assertThat(pool.size()).isEqualTo(SIZE);
    assertThat(made).as("one more in the member's own pool").hasValue(SIZE + 1);
  }

  private Set<Instance<Integer>> takeAll() {
    Set<Instance<Integer>> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Instance<Integer> each = pool.take(); each != null; each = pool.take()) {
      assertThat(taken.add(each)).as("taken twice: %s", each.index()).isTrue();
    }
    return taken;
  }

  @Test
  void takesBackWhatIsGivenInAnyOrder() {
    List<Instance<Integer>> taken = new ArrayList<>(takeAll());
    Collections.shuffle(taken, new Random(1));
    for (int i = 0; i < SIZE; i++) {
      pool.give(taken.get(i));
      assertThat(pool.active()).isEqualTo(SIZE - 1 - i);
    }

    assertThat(takeAll()).containsExactlyInAnyOrderElementsOf(taken);
  }

  @Test
  void threadsNeverShareAnInstanceAndLoseNone() throws InterruptedException {
    AtomicIntegerArray holders = new AtomicIntegerArray(SIZE);
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      threads.add(new Thread(() -> takeAndGive(random, holders, failures)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
    assertThat(pool.active()).isZero();
    assertThat(takeAll()).as("none is lost").hasSize(SIZE);
  }

  /** Holds up to three at once, so that now and then the pool is empty. */
  private void takeAndGive(Random random, AtomicIntegerArray holders, Queue<String> failures) {
    List<Instance<Integer>> mine = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      if (mine.size() < 3 && random.nextBoolean()) {
        take(mine, holders, failures);
      } else if (!mine.isEmpty()) {
        give(mine.remove(random.nextInt(mine.size())), holders);
      }
    }
    mine.forEach(each -> give(each, holders));
  }

  private void take(
      List<Instance<Integer>> mine, AtomicIntegerArray holders, Queue<String> failures) {
    Instance<Integer> taken = pool.take();
    if (taken != null) {
      if (holders.incrementAndGet(taken.index()) != 1) {
        failures.add("instance %d has two holders".formatted(taken.index()));
      }
      mine.add(taken);
    }
  }

  private void give(Instance<Integer> instance, AtomicIntegerArray holders) {
    holders.decrementAndGet(instance.index());
    pool.give(instance);
  }
}
