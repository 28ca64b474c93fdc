package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final StringWriter written = new StringWriter();
  private final PrintWriter err = new PrintWriter(written);

  @Test
  void without_a_terminal_there_is_a_line_every_ten_seconds() {
    AtomicLong clock = new AtomicLong(-5);
    try (Progress progress = new LineProgress("sweep", 100 * 1024, err, clock::get)) {
      progress.now("libfoo.so");
      progress.advance(10 * 1024);
      clock.addAndGet(9 * SECOND);
      progress.advance(10 * 1024);
      assertThat(written.toString()).isEmpty();
      clock.addAndGet(SECOND);
      progress.advance(20 * 1024);
      progress.advance(10 * 1024);
    }

    assertThat(written.toString())
        .isEqualToNormalizingNewlines(
            "sweep: 40 % of 100 KiB, 4 KiB/s, about 15 s left, at libfoo.so\n");
  }

  @Test
  void work_of_which_nothing_is_known_divides_nothing_by_zero() {
    AtomicLong clock = new AtomicLong();
    try (Progress progress = new LineProgress("sweep", 0, err, clock::get)) {
      clock.addAndGet(11 * SECOND);
      progress.advance(0);
    }

    assertThat(written.toString()).startsWith("sweep: 100 % of 0 KiB, 0 KiB/s, about 0 s left");
  }

  @Test
  void a_bar_is_drawn_on_one_line_without_colours_and_wiped() {
    try (Progress progress = new BarProgress("sweep", 2048, err)) {
      progress.now("libfoo.so");
      progress.advance(2048);
    }

    assertThat(written.toString())
        .contains("sweep", "100%", "KiB", "libfoo.so")
        .doesNotContain("\n", "\u001b")
        .endsWith("\r" + " ".repeat(99) + "\r");
    assertThat(written.toString().split("\r")).allMatch(line -> line.length() <= 99);
  }

  @Test
  void what_is_written_meanwhile_does_not_stand_behind_the_bar() {
    try (Progress progress = new BarProgress("sweep", 2048, err)) {
      progress.advance(1024);
      progress.aside(() -> err.print("a line of the answer"));
    }

    assertThat(written.toString()).contains("\r" + " ".repeat(99) + "\ra line of the answer");
  }

  @Test
  void a_machine_is_told_nothing() {
    try (Progress progress = Progress.of("sweep", 10, true, err)) {
      progress.now("libfoo.so");
      progress.advance(10);
    }

    assertThat(written.toString()).isEmpty();
  }

  @Test
  void without_the_script_no_terminal_is_believed_in() {
    try (Progress progress = Progress.of("sweep", 10, false, err)) {
      assertThat(progress).isInstanceOf(LineProgress.class);
    }
  }
}
