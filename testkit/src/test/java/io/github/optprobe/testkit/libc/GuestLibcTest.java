package io.github.optprobe.testkit.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Snapshot;
import io.github.optprobe.testkit.emulator.Targets;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GuestLibcTest {
  private static final int CREATE_AND_WRITE = 0x41;

  private EmulatedTarget target;
  private GuestLibc libc;

  @BeforeEach
  void create() {
    target = Targets.empty();
    libc = GuestLibc.on(target);
  }

  @AfterEach
  void close() {
    target.close();
  }

  @Test
  void blocks_are_aligned_disjoint_and_writable() {
    long one = libc.heap().allocate(1);
    long large = libc.heap().allocate(1_000_000);
    long other = libc.heap().allocate(17);

    assertThat(List.of(one, large, other)).allMatch(address -> address % 16 == 0);
    assertThat(large).isGreaterThanOrEqualTo(one + 16);
    assertThat(other).isGreaterThanOrEqualTo(large + 1_000_000);
    target.writeBytes(large, new byte[1_000_000]);
  }

  @Test
  void freed_blocks_are_given_out_again() {
    long one = libc.heap().allocate(100);
    libc.heap().free(one);

    assertThat(libc.heap().allocate(100)).isEqualTo(one);
    assertThatThrownBy(() -> libc.heap().free(one + 16)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void an_exhausted_heap_gives_null() {
    assertThat(libc.heap().allocate(Long.MAX_VALUE)).isZero();
    assertThat(libc.heap().allocate(-1)).isZero();
  }

  @Test
  void heap_and_files_are_part_of_snapshots() {
    Snapshot before = target.snapshot();
    int live = libc.heap().liveBlocks();
    long block = libc.heap().allocate(400_000);
    libc.files().put("/f", new byte[] {1});
    target.restore(before);

    assertThat(libc.heap().liveBlocks()).isEqualTo(live);
    assertThat(libc.files().get("/f")).isEmpty();
    assertThat(libc.heap().allocate(400_000)).isEqualTo(block);
  }

  @Test
  void files_are_written_read_and_sought() {
    GuestFiles files = libc.files();
    int out = files.open("/f", CREATE_AND_WRITE);
    files.write(out, new byte[] {1, 2, 3});
    files.seek(out, 1, 0);
    files.write(out, new byte[] {9});
    files.close(out);
    int in = files.open("/f", 0);

    assertThat(files.read(in, 10)).containsExactly(1, 9, 3);
    assertThat(files.read(in, 10)).isEmpty();
    assertThat(files.seek(in, -1, 2)).isEqualTo(2);
    assertThat(files.open("/none", 0)).isNegative();
    assertThat(files.read(99, 1)).isNull();
  }

  @Test
  void formats_convert_integers_and_strings() {
    GuestMemory memory = new GuestMemory(target);
    long text = libc.heap().allocate(10);
    memory.writeString(text, "abc");
    Iterator<Long> arguments = List.of(text, -1L, -1L, 255L, 7L, -1L).iterator();

    assertThat(new Format(memory).apply("%s %d %u %x %03d%% %lu", arguments::next))
        .isEqualTo("abc -1 4294967295 ff 007% 18446744073709551615");
  }
}
