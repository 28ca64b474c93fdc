package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.live.memory.DataBlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a writer in machine code does, step by step, and what Java sees of it. */
class RingTest {
  private static final RingLayout LAYOUT = RingLayout.of(4, 1);

  private DataBlock block;
  private Ring ring;

  @BeforeEach
  void set_up() {
    NativeCode.assumeItRunsHere();
    block = LAYOUT.allocate();
    ring = new Ring(block, LAYOUT, 0);
  }

  @Test
  void what_is_reserved_and_not_complete_delays_what_stands_behind() {
    assertThat(block.compareAndSet(RingLayout.TAIL, 0, 1)).isTrue();
    ring.write(new Sample(2, 3, 4));
    assertThat(ring.tail()).isEqualTo(2);
    assertThat(ring.take(2)).isEmpty();
    block.store(LAYOUT.entry(0) + RingLayout.SEQUENCE, 1);
    assertThat(ring.take(2)).contains(new Sample(0, 0, 0));
    assertThat(ring.take(2)).contains(new Sample(2, 3, 4));
    assertThat(ring.take(2)).isEmpty();
  }

  @Test
  void an_entry_of_the_round_before_is_not_complete() {
    for (int i = 0; i < 4; i++) {
      ring.write(new Sample(i, 0, 0));
      assertThat(ring.take(i + 1)).isPresent();
    }
    assertThat(block.compareAndSet(RingLayout.TAIL, 4, 5)).isTrue();
    assertThat(ring.take(5)).isEmpty();
  }

  @Test
  void nothing_behind_the_limit_is_taken() {
    ring.write(new Sample(1, 1, 1));
    assertThat(ring.take(0)).isEmpty();
    assertThat(ring.head()).isZero();
  }

  @Test
  void rings_do_not_touch_each_other() {
    Ring second = new Ring(block, LAYOUT, 1);
    for (int i = 0; i < 6; i++) {
      ring.write(new Sample(i, -1, -1));
    }
    assertThat(ring.dropped()).isEqualTo(2);
    assertThat(second.tail() + second.head() + second.dropped()).isZero();
    assertThat(LAYOUT.stride() % 64).isZero();
    assertThat(LAYOUT.stride()).isGreaterThanOrEqualTo(LAYOUT.entry(3) + LAYOUT.entryBytes());
  }
}
