package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.toy.FaultyText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PokeSequenceTest {
  private static final long BASE = 0x1000;

  private final byte[] code = {0, 1, 2, 3, 4, 5, 6, 7};
  private final Recording recording = new Recording(ByteArrayText.at(BASE, code));
  private final FaultyText faulty = new FaultyText(recording);

  /** Breakpoint, tail, head at one place, and a second place in the first and last round. */
  private static PokeSequence jump() {
    PokeSequence sequence = new PokeSequence();
    sequence.round().store(BASE, new byte[] {-1}).store(BASE + 6, new byte[] {-1});
    sequence.round().store(BASE + 1, new byte[] {21, 22, 23});
    sequence.round().store(BASE, new byte[] {20}).store(BASE + 6, new byte[] {26, 27});
    return sequence;
  }

  @Test
  void storesInOrderAndSynchronizesAfterEachRound() {
    jump().run(recording);

    assertThat(recording.steps)
        .containsExactly(
            "1000=[-1]",
            "1006=[-1]",
            "sync",
            "1001=[21, 22, 23]",
            "sync",
            "1000=[20]",
            "1006=[26, 27]",
            "sync");
    assertThat(code).containsExactly(20, 21, 22, 23, 4, 5, 26, 27);
  }

  @Test
  void leavesOutEmptyStoresAndEmptyRounds() {
    PokeSequence sequence = new PokeSequence();
    sequence.round();
    sequence.round().store(BASE, new byte[0]);
    sequence.round().store(BASE, new byte[] {9});
    sequence.run(recording);

    assertThat(recording.steps).containsExactly("1000=[9]", "sync");
  }

  @Test
  void copiesWhatItIsGiven() {
    byte[] bytes = {9};
    PokeSequence sequence = new PokeSequence();
    sequence.round().store(BASE, bytes);
    bytes[0] = 10;
    sequence.run(recording);

    assertThat(code[0]).isEqualTo((byte) 9);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void failureAtAnyStepLeavesTheTextAsBefore(int step) {
    failsAt(step, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void writeThatFailsHalfWayLeavesTheTextAsBefore(int step) {
    failsAt(step, true);
  }

  private void failsAt(int step, boolean partly) {
    faulty.failAfter(step, partly);
    TextException failure = catchThrowableOfType(TextException.class, () -> jump().run(faulty));

    assertThat(failure).isNotNull();
    assertThat(failure.isTextAsBefore()).isTrue();
    assertThat(code).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    boolean stored = recording.steps.stream().anyMatch(each -> !each.equals("sync"));
    assertThat(recording.steps.isEmpty() || recording.steps.endsWith("sync") || !stored)
        .as("what was taken back is synchronised: %s", recording.steps)
        .isTrue();
  }

  @Test
  void takesBackInReverseOrder() {
    faulty.failAfter(7, false);
    assertThat(catchThrowableOfType(TextException.class, () -> jump().run(faulty))).isNotNull();

    assertThat(recording.steps.subList(7, recording.steps.size()))
        .containsExactly(
            "1006=[-1, 7]",
            "1000=[-1]",
            "sync",
            "1001=[1, 2, 3]",
            "sync",
            "1006=[6]",
            "1000=[0]",
            "sync");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void failureToTakeBackIsSuppressedAndSaid(int step) {
    faulty.failFrom(step);
    TextException failure = catchThrowableOfType(TextException.class, () -> jump().run(faulty));

    assertThat(failure).isNotNull();
    assertThat(failure.getSuppressed()).isNotEmpty();
    assertThat(failure.isTextAsBefore()).isFalse();
  }

  @Test
  void roundIsNotTakenBackWhenALaterOneCouldNotBe() {
    // Head written, its synchronisation and taking it back failed: with the old tail behind the
    // new head, a CPU would execute an instruction that nobody wrote.
    faulty.failAfter(7, 2);
    assertThat(catchThrowableOfType(TextException.class, () -> jump().run(faulty))).isNotNull();

    assertThat(code).containsExactly(20, 21, 22, 23, 4, 5, 26, 27);
    assertThat(recording.steps).hasSize(7);
  }

  @Test
  void storeThatCanNotBeReadBeforeFailsLikeAnyOther() {
    PokeSequence sequence = new PokeSequence();
    sequence.round().store(BASE, new byte[] {9});
    sequence.round().store(BASE + 7, new byte[] {9, 9});
    TextException failure =
        catchThrowableOfType(TextException.class, () -> sequence.run(recording));

    assertThat(failure.operation()).isEqualTo(TextException.Operation.READ);
    assertThat(failure.isTextAsBefore()).isTrue();
    assertThat(code).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void secondRunTakesBackToItsOwnBeginning() {
    PokeSequence sequence = jump();
    sequence.run(recording);
    code[4] = 99;
    code[1] = 77;
    faulty.failAfter(7, false);
    assertThat(catchThrowableOfType(TextException.class, () -> sequence.run(faulty))).isNotNull();

    assertThat(code).containsExactly(20, 77, 22, 23, 99, 5, 26, 27);
  }

  /** Notes every step. */
  private static final class Recording extends ForwardingText {
    private final Steps steps = new Steps();

    Recording(TextMemory text) {
      super(text);
    }

    @Override
    public void write(long address, byte[] bytes) {
      super.write(address, bytes);
      steps.add("%x=%s".formatted(address, java.util.Arrays.toString(bytes)));
    }

    @Override
    public void synchronizeCpus() {
      steps.add("sync");
    }
  }

  private static final class Steps extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    boolean endsWith(String last) {
      List<String> all = this;
      return !isEmpty() && all.get(size() - 1).equals(last);
    }
  }
}
