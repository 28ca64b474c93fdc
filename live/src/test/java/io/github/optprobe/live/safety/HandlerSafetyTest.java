package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Kprobe;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers that do what they should not, behind a breakpoint and behind a jump. */
class HandlerSafetyTest {
  private static SafetyLibrary library;

  private static final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private static LiveProcess live;

  /** How a probe may stand in the text. */
  private enum Standing {
    BREAKPOINT(Tier.BOOSTED),
    JUMP(Tier.OPTIMIZED);

    private final Tier tier;

    Standing(Tier tier) {
      this.tier = tier;
    }
  }

  @BeforeAll
  static void load() {
    Here.assumeItRuns();
    library = SafetyLibrary.loaded();
    live = open();
  }

  private static LiveProcess open() {
    return LiveProcess.builder()
        .optimizerByHand()
        .listener(
            new ProbeListener() {
              @Override
              public void handlerFailed(Probe probe, Throwable failure) {
                failures.add(failure);
              }
            })
        .open();
  }

  @AfterEach
  void unregister() throws InterruptedException {
    live.kprobes().unregisterAll(live.kprobes().probes());
    assertThat(live.kprobes().awaitOptimizer(Duration.ofSeconds(10))).isTrue();
    failures.clear();
  }

  @AfterAll
  static void close() {
    if (live != null) {
      live.close();
    }
  }

  private ProbeHandle register(Standing standing, Kprobe.Builder probe)
      throws InterruptedException {
    ProbeHandle handle = live.kprobes().register(probe.upTo(standing.tier).build());
    assertThat(live.kprobes().awaitOptimizer(Duration.ofSeconds(10))).isTrue();
    assertThat(handle.tier()).contains(standing.tier);
    return handle;
  }

  private static Kprobe.Builder number(int copy) {
    return Kprobe.at(SafetyLibrary.entry(Code.NUMBER, copy));
  }

  private static void call(int copy, long argument) {
    assertThat(library.call(Code.NUMBER, copy, argument)).isEqualTo(SafetyLibrary.number(argument));
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_that_throws_is_reported(Standing standing) throws Exception {
    Counter other = Counter.create();
    ProbeHandle probe =
        register(
            standing,
            number(0)
                .onHit(
                    registers -> {
                      throw new IllegalStateException("on purpose");
                    }));
    register(standing, number(0).preHandler(other));
    call(0, 5);
    call(0, 6);
    assertThat(failures).hasSize(2).allSatisfy(each -> assertThat(each).hasMessage("on purpose"));
    assertThat(probe.hits()).isEqualTo(2);
    assertThat(other.sum()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void an_error_in_a_handler_is_reported(Standing standing) throws Exception {
    register(
        standing,
        number(0)
            .onHit(
                registers -> {
                  throw new StackOverflowError("on purpose");
                }));
    call(0, 5);
    assertThat(failures).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void a_hit_within_a_handler_is_missed(Standing standing) throws Exception {
    AtomicLong inner = new AtomicLong();
    ProbeHandle innerProbe =
        register(standing, number(1).onHit(registers -> inner.incrementAndGet()));
    ProbeHandle outerProbe = register(standing, number(0).onHit(registers -> call(1, 3)));
    call(0, 4);
    assertThat(outerProbe.hits()).isEqualTo(1);
    assertThat(innerProbe.nmissed()).isEqualTo(1);
    assertThat(inner).hasValue(0);
    call(1, 7);
    assertThat(inner).hasValue(1);
    assertThat(failures).isEmpty();
    assertThat(live.lost()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_may_run_into_its_own_probe(Standing standing) throws Exception {
    AtomicLong handled = new AtomicLong();
    ProbeHandle probe =
        register(
            standing,
            number(0)
                .onHit(
                    registers -> {
                      handled.incrementAndGet();
                      call(0, 100);
                    }));
    for (int i = 0; i < 1000; i++) {
      call(0, i);
    }
    assertThat(failures).isEmpty();
    assertThat(handled).hasValue(1000);
    assertThat(probe.hits()).isEqualTo(1000);
    assertThat(probe.nmissed()).isEqualTo(1000);
  }

  /** What is counted in machine code is counted within handlers, too. */
  @ParameterizedTest
  @EnumSource
  void a_counter_counts_within_a_handler(Standing standing) throws Exception {
    Counter counter = Counter.create();
    register(standing, number(1).preHandler(counter));
    register(standing, number(0).onHit(registers -> call(1, 3)));
    call(0, 4);
    assertThat(counter.sum()).isEqualTo(1);
    assertThat(failures).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_may_remove_its_own_probe(Standing standing) throws Exception {
    ProbeHandle[] probe = new ProbeHandle[1];
    probe[0] = register(standing, number(0).onHit(registers -> probe[0].close()));
    call(0, 5);
    assertThat(failures).isEmpty();
    assertThat(probe[0].isRegistered()).isFalse();
    call(0, 6);
    assertThat(probe[0].hits()).isEqualTo(1);
  }
}
