package io.github.optprobe.testkit.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.PokeSequence;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DecoratorsTest {
  private static final long BASE = 0x1000;

  private final ByteArrayText plain = ByteArrayText.at(BASE, new byte[16]);
  private final FaultInjectingText faulty = new FaultInjectingText(plain);
  private final RecordingText recording = new RecordingText(plain);

  @Test
  void the_nth_write_fails_once() {
    faulty.inject(Fault.at(Operation.WRITE, 2));
    faulty.write(BASE, new byte[] {1});

    assertThatThrownBy(() -> faulty.write(BASE + 1, new byte[] {2}))
        .isInstanceOfSatisfying(
            TextException.class, e -> assertThat(e.address()).isEqualTo(BASE + 1));
    faulty.write(BASE + 2, new byte[] {3});

    assertThat(plain.readFully(BASE, 3)).containsExactly(1, 0, 3);
    assertThat(faulty.count(Operation.WRITE)).isEqualTo(3);
    assertThat(faulty.struck()).isEqualTo(1);
  }

  @Test
  void a_lasting_fault_goes_on_until_healed() {
    faulty.inject(Fault.at(Operation.SYNCHRONIZE, 1).fromThenOn());

    assertThatThrownBy(faulty::synchronizeCpus).isInstanceOf(TextException.class);
    assertThatThrownBy(faulty::synchronizeCpus).isInstanceOf(TextException.class);
    faulty.heal();
    faulty.synchronizeCpus();

    assertThat(faulty.count(Operation.SYNCHRONIZE)).isEqualTo(1);
  }

  @Test
  void a_failing_write_may_have_written_a_part() {
    faulty.inject(Fault.at(Operation.WRITE, 1).afterWriting(2));

    assertThatThrownBy(() -> faulty.write(BASE, new byte[] {1, 2, 3}))
        .isInstanceOf(TextException.class);
    assertThat(plain.readFully(BASE, 3)).containsExactly(1, 2, 0);
  }

  @Test
  void allocating_and_freeing_fail_too() {
    faulty.inject(Fault.at(Operation.ALLOCATE, 1));
    assertThatThrownBy(() -> faulty.allocate(16, AddressRange.ALL))
        .isInstanceOf(TextException.class);
    long slot = faulty.allocate(16, AddressRange.ALL).orElseThrow();
    faulty.inject(Fault.at(Operation.FREE, 1));
    assertThatThrownBy(() -> faulty.free(slot)).isInstanceOf(TextException.class);
    faulty.free(slot);

    assertThat(plain.liveAllocations()).isZero();
  }

  @Test
  void reads_are_never_made_to_fail() {
    assertThatThrownBy(() -> Fault.at(Operation.READ, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_record_tells_what_was_there_before() {
    recording.write(BASE + 1, new byte[] {7, 8});
    recording.synchronizeCpus();
    long slot = recording.allocate(16, AddressRange.ALL).orElseThrow();
    recording.free(slot);

    assertThat(recording.events().stream().map(Object::toString))
        .startsWith("write 0x1001: 00 00 -> 07 08", "synchronize")
        .hasSize(4);
    assertThat(recording.writes().get(0).bytes()).containsExactly(7, 8);
    recording.clear();
    assertThat(recording.events()).isEmpty();
  }

  @Test
  void a_hook_sees_the_text_between_any_two_steps() {
    List<Byte> seen = new ArrayList<>();
    recording.afterEach(event -> seen.add(plain.readFully(BASE, 1)[0]));
    PokeSequence pokes = new PokeSequence();
    pokes.round().store(BASE, new byte[] {1});
    pokes.round().store(BASE, new byte[] {2});

    pokes.run(recording);

    assertThat(seen).containsExactly((byte) 1, (byte) 1, (byte) 2, (byte) 2);
  }

  @Test
  void failed_writes_are_not_recorded() {
    faulty.inject(Fault.at(Operation.WRITE, 1));
    RecordingText above = new RecordingText(faulty);

    assertThatThrownBy(() -> above.write(BASE, new byte[1])).isInstanceOf(TextException.class);
    assertThat(above.events()).isEmpty();
  }
}
