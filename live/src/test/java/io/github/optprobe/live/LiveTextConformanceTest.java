package io.github.optprobe.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import io.github.optprobe.live.safety.Here;
import io.github.optprobe.testkit.conformance.TextCapability;
import io.github.optprobe.testkit.conformance.TextMemoryConformance;
import io.github.optprobe.testkit.conformance.TextUnderTest;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The text of this process keeps the rules. The code under test is a page of its own, between two
 * that nobody may touch, so that nothing else is mapped there meanwhile.
 */
class LiveTextConformanceTest extends TextMemoryConformance {
  private static final int PAGE = 4096;

  /** What is left free on each side. */
  private static final int ROOM = 4 << 20;

  private static final int NO_ACCESS = 0;
  private static final int READ_EXECUTE = 5;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final long PATIENCE = 2_000_000_000;
  private static final byte[] JUMP_TO_ITSELF = {(byte) 0xEB, (byte) 0xFE};
  private static final byte[] RETURN = {(byte) 0xC3};

  private static LiveProcess live;

  @BeforeAll
  static void open() {
    Here.assumeItRuns();
    live = LiveProcess.builder().optimizerByHand().open();
  }

  @AfterAll
  static void close() {
    if (live != null) {
      live.close();
    }
  }

  @Override
  protected TextUnderTest newText() {
    long room = Libc.mmap(0, 2 * ROOM, NO_ACCESS, PRIVATE_ANONYMOUS, -1, 0);
    assertThat(room).isNotEqualTo(-1);
    long start = room + ROOM;
    assertThat(Libc.munmap(room, ROOM)).isZero();
    assertThat(Libc.munmap(start + 3 * PAGE, ROOM - 3 * PAGE)).isZero();
    assertThat(Libc.mprotect(start + PAGE, PAGE, READ_EXECUTE)).isZero();
    return new TextUnderTest(
        live.text(),
        AddressRange.ofLength(start + PAGE, PAGE),
        () -> assertThat(Libc.munmap(start, 3 * PAGE)).isZero());
  }

  @Override
  protected Collection<TextCapability> capabilities() {
    return List.of(
        TextCapability.ALLOCATES_NEAR,
        TextCapability.REUSES_FREED,
        TextCapability.WRITES_ALL_OR_NOTHING,
        TextCapability.REPORTS_QUIESCENCE);
  }

  /** A thread that jumps to where it is stands there, and nowhere else, until it is let go. */
  @Override
  protected void whileStandingAt(TextUnderTest under, long address, Runnable meanwhile) {
    TextMemory text = under.text();
    text.write(address, JUMP_TO_ITSELF);
    text.synchronizeCpus();
    Thread thread = new Thread(() -> Function.getFunction(new Pointer(address)).invokeLong(null));
    thread.start();
    try {
      awaitSomebodyAt(text, address);
      meanwhile.run();
    } finally {
      text.write(address, RETURN);
      text.synchronizeCpus();
      join(thread);
    }
  }

  private static void awaitSomebodyAt(TextMemory text, long address) {
    long end = System.nanoTime() + PATIENCE;
    while (text.isQuiescent(AddressRange.ofLength(address, 1)) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the thread was left standing", interrupted);
    }
  }

  /**
   * The kit's rule holds a target in which nothing runs. Here other threads always do, though not
   * in the code under test; that they are seen in all of the memory is right.
   */
  @Test
  @Override
  public void required_t035_all_is_quiescent_where_nothing_runs() {
    TextUnderTest under = newText();
    AddressRange code = under.mapped();
    assertThat(under.text().isQuiescent(code)).isTrue();
    assertThat(under.text().isQuiescent(AddressRange.ofLength(code.first(), 1))).isTrue();
    assertThat(under.text().isQuiescent(AddressRange.around(code.first(), 16, 32))).isTrue();
    assertThat(under.text().isQuiescent(AddressRange.ALL)).isFalse();
    assertThat(Libc.munmap(code.first() - PAGE, 3 * PAGE)).isZero();
  }

  /** Data is no text: others may write it at any moment. */
  @Test
  void data_is_no_text() {
    DataBlock data = DataBlock.allocate(PAGE);
    assertThat(live.text().read(data.address(), new byte[8], 0, 8)).isZero();
    data.free();
  }
}
