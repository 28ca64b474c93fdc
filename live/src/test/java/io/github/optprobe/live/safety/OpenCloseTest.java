package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is there before a process is opened, and after it is closed. */
class OpenCloseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SIGTRAP = 5;
  private static final int ACTION_BYTES = 152;
  private static final int FLAGS = 136;
  private static final int SA_SIGINFO = 4;
  private static SafetyLibrary library;

  private LiveProcess live;

  @BeforeAll
  static void load() {
    Here.assumeItRuns();
    library = SafetyLibrary.loaded();
  }

  @BeforeEach
  void open() {
    live = LiveProcess.builder().optimizerByHand().open();
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void text_is_the_original_after_closing() throws Exception {
    Code[] probed = {Code.NUMBER, Code.FORKER, Code.LOOPER, Code.LEAVER, Code.AVX, Code.THREAD};
    for (Code each : probed) {
      live.kprobes()
          .register(Kprobe.at(SafetyLibrary.entry(each, 3)).onHit(registers -> {}).build());
      live.kprobes().register(Kretprobe.at(SafetyLibrary.entry(each, 4)).build());
    }
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
    assertThat(live.kprobes().counters().optimized()).isGreaterThan(probed.length);
    for (Code each : probed) {
      assertThat(text(each, 3)).as("%s", each).isNotEqualTo(each.bytes());
    }
    live.close();
    for (Code each : probed) {
      assertThat(text(each, 3)).as("%s", each).isEqualTo(each.bytes());
      assertThat(text(each, 4)).as("%s", each).isEqualTo(each.bytes());
    }
  }

  private static byte[] text(Code code, int copy) {
    return new Pointer(library.address(code, copy)).getByteArray(0, code.bytes().length);
  }

  @Test
  void a_process_is_open_once() {
    assertThatThrownBy(LiveProcess::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open already");
    live.close();
    live.close();
    live = LiveProcess.builder().optimizerByHand().open();
    assertThat(live.kprobes().probes()).isEmpty();
  }

  /** Another's handler was there before, and another's breakpoint is met. */
  @Test
  void breakpoints_of_others_are_passed_on() throws Exception {
    live.close();
    DataBlock count = DataBlock.allocate(8);
    DataBlock code = DataBlock.allocate(64);
    assertThat(Libc.mprotect(code.address(), code.bytes(), 7)).isZero();
    byte[] catcher = Code.CATCHER.bytes();
    ByteBuffer.wrap(catcher).order(ByteOrder.LITTLE_ENDIAN).putLong(2, count.address());
    new Pointer(code.address()).write(0, catcher, 0, catcher.length);
    DataBlock old = DataBlock.allocate(ACTION_BYTES);
    DataBlock action = DataBlock.allocate(ACTION_BYTES);
    action.store(0, code.address());
    action.store(FLAGS, SA_SIGINFO);
    assertThat(Libc.sigaction(SIGTRAP, action.address(), old.address())).isZero();
    try {
      live = LiveProcess.builder().optimizerByHand().open();
      ProbeHandle handle =
          live.kprobes()
              .register(
                  Kprobe.at(SafetyLibrary.entry(Code.NUMBER, 0)).onHit(registers -> {}).build());
      for (int i = 1; i <= 3; i++) {
        assertThat(library.call(Code.FOREIGN, 0)).isEqualTo(7);
        assertThat(library.call(Code.NUMBER, 0, 6L)).isEqualTo(SafetyLibrary.number(6));
        assertThat(count.load(0)).isEqualTo(i);
      }
      assertThat(handle.hits()).isEqualTo(3);
      live.close();
      assertThat(library.call(Code.FOREIGN, 0)).isEqualTo(7);
      assertThat(count.load(0)).isEqualTo(4);
    } finally {
      live.close();
      Libc.sigaction(SIGTRAP, old.address(), 0);
    }
  }
}
