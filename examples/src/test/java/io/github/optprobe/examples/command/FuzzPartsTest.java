package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FuzzPartsTest {
  private static final long SECOND = 1_000_000_000L;

  private final StringWriter written = new StringWriter();
  private final PrintWriter err = new PrintWriter(written);

  @Test
  void the_cases_of_all_jobs_are_added_up() {
    AtomicLong clock = new AtomicLong();
    try (Progress progress =
        new LineProgress("fuzz", 100_000, Progress.Unit.CASES, err, clock::get)) {
      FuzzMeter meter = new FuzzMeter(progress, 2, false, clock::get);
      meter.of(0).update(10_000, 50_000, 1000, 2);
      clock.set(10 * SECOND);
      meter.of(1).update(30_000, 50_000, 3000, 3);
    }

    assertThat(written.toString())
        .isEqualToNormalizingNewlines(
            "fuzz: 40 % of 100,000 cases, 4,000 cases/s, about 15 s left, at 3 bins\n");
  }

  @Test
  void a_campaign_that_has_its_time_is_measured_in_seconds() {
    AtomicLong clock = new AtomicLong();
    try (Progress progress = new LineProgress("fuzz", 60, Progress.Unit.SECONDS, err, clock::get)) {
      FuzzMeter meter = new FuzzMeter(progress, 1, true, clock::get);
      clock.set(15 * SECOND);
      meter.of(0).update(30_000, 50_000, 2000, 0);
    }

    assertThat(written.toString())
        .isEqualToNormalizingNewlines("fuzz: 25 % of 60 s, about 45 s left, at 2,000/s, 0 bins\n");
  }

  @Test
  void a_process_that_is_to_end_waits_for_what_is_under_way() throws InterruptedException {
    AtomicBoolean told = new AtomicBoolean();
    StopSignal signal = new StopSignal(() -> told.set(true));
    assertThat(signal.isAsked()).isFalse();
    Thread ending = new Thread(signal::hold);
    ending.start();
    while (!told.get()) {
      Thread.onSpinWait();
    }

    assertThat(signal.isAsked()).isTrue();
    assertThat(ending.isAlive()).isTrue();
    signal.close();
    ending.join();
  }

  @Test
  void commands_are_quoted_where_a_shell_needs_it() {
    assertThat(ShellWords.join(List.of("./optprobe", "--state", "a b", "it's", "x/y:z,1", "")))
        .isEqualTo("./optprobe --state 'a b' 'it'\\''s' x/y:z,1 ''");
  }
}
