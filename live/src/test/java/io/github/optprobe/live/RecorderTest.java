package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One thread and its ring. */
class RecorderTest {
  private static final Kprobe PROBE = Kprobe.at("here").build();
  private static final Operand RBX = Operand.register("rbx");

  private final Recorder recorder = Recorder.of(6, RBX);

  @BeforeEach
  void it_runs_here() {
    NativeCode.assumeItRunsHere();
  }

  private static List<Long> first(List<Sample> samples) {
    return samples.stream().map(sample -> sample.value(0)).toList();
  }

  @Test
  void what_does_not_fit_is_dropped_and_nothing_is_overwritten() {
    Loop loop = new Loop(recorder);
    assertThat(recorder.capacity()).isEqualTo(8);
    loop.run(10, 0);
    assertThat(recorder.recorded()).isEqualTo(8);
    assertThat(recorder.dropped()).isEqualTo(2);
    assertThat(first(recorder.drain())).containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L);
    assertThat(recorder.drain()).isEmpty();
  }

  @Test
  void the_ring_goes_round_and_round() {
    Loop loop = new Loop(recorder);
    for (int cycle = 1; cycle <= 1000; cycle++) {
      loop.run(1 + cycle % 11, cycle);
      recorder.handle(PROBE, Values.zeros().with("rbx", cycle));
      assertThat(recorder.drain()).hasSize(Math.min(8, 2 + cycle % 11));
    }
    assertThat(recorder.recorded() + recorder.dropped()).isEqualTo(recorder.hits());
    assertThat(recorder.hits()).isEqualTo(1000 + runs());
  }

  private static long runs() {
    long runs = 0;
    for (int cycle = 1; cycle <= 1000; cycle++) {
      runs += 1 + cycle % 11;
    }
    return runs;
  }

  @Test
  void java_drops_like_code_does() {
    for (int i = 0; i < 10; i++) {
      assertThat(recorder.handle(PROBE, Values.zeros().with("rbx", i)))
          .isEqualTo(HandlerOutcome.CONTINUE);
    }
    new Loop(recorder).run(5, 0);
    assertThat(recorder.dropped()).isEqualTo(7);
    assertThat(first(recorder.drain())).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void a_consumer_that_throws_loses_one_sample() {
    new Loop(recorder).run(3, 0);
    assertThatThrownBy(
            () ->
                recorder.drain(
                    sample -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
    assertThat(first(recorder.drain())).containsExactly(2L, 1L);
  }

  @Test
  void a_capacity_has_to_be_possible() {
    assertThatThrownBy(() -> Recorder.of(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Recorder.of(1 << 30, RBX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1073741824 samples of 1 values are too much for one recorder");
    assertThat(Recorder.of(1, RBX).capacity()).isEqualTo(1);
  }

  @Test
  void a_sample_says_what_it_holds() {
    Sample sample = new Sample(7, 0x10, 0xab, -1);
    sample.values()[0] = 0;
    assertThat(sample)
        .hasToString("Sample[7, thread 0x10: 0xab 0xffffffffffffffff]")
        .isEqualTo(new Sample(7, 0x10, 0xab, -1))
        .hasSameHashCodeAs(new Sample(7, 0x10, 0xab, -1))
        .isNotEqualTo(new Sample(7, 0x10, 0xab, -2));
  }
}
