package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.TextException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SlotKeeperTest {
  private static final AddressRange WITHIN = new AddressRange(0x20000, 0x2FFFF);

  private final ByteArrayText bytes = ByteArrayText.at(0x10000, new byte[16]);
  private final Text text = new Text();
  private final CodeIndex index = new CodeIndex();
  private boolean hit;
  private final SlotKeeper keeper =
      new SlotKeeper(text, new Islands(text), index, () -> () -> !hit);

  /** A copy of one instruction, published. */
  private RelocatedCode published(long original) {
    Slot slot = keeper.preparing(original, slots -> slots.allocate(16, WITHIN).orElseThrow());
    RelocatedCode code =
        new RelocatedCode(slot, new byte[] {1, 2}, new int[] {0}, new long[] {original}, 2);
    keeper.publish(code);
    return code;
  }

  @Test
  void oneSynchronizationServesAllThatWasPublished() {
    published(1);
    published(2);
    assertThat(text.synchronizations).isZero();
    keeper.synchronizePublished();
    keeper.synchronizePublished();
    assertThat(text.synchronizations).isEqualTo(1);
    published(3);
    keeper.synchronizePublished();

    assertThat(text.synchronizations).isEqualTo(2);
    assertThat(index.originalOf(published(4).entry())).hasValue(4);
  }

  @Test
  void synchronizationThatFailedIsStillOwed() {
    published(1);
    text.failing = true;
    assertThatExceptionOfType(TextException.class).isThrownBy(keeper::synchronizePublished);
    text.failing = false;
    keeper.synchronizePublished();

    assertThat(text.synchronizations).isEqualTo(2);
  }

  @Test
  void collectsWhatNoCpuIsInWithOneLook() {
    RelocatedCode one = published(1);
    RelocatedCode two = published(2);
    RelocatedCode alsoTwo = published(2);
    List.of(one, two, alsoTwo).forEach(keeper::retire);
    text.busy.add(two.slot().range());

    assertThat(keeper.collect()).isEqualTo(2);
    assertThat(text.looks).isEqualTo(1);
    assertThat(keeper.hasLeaving()).isTrue();
    assertThat(index.at(two.entry())).containsSame(two);
    assertThat(index.at(alsoTwo.entry())).isEmpty();
    text.busy.clear();
    assertThat(keeper.collect()).isEqualTo(1);
    assertThat(keeper.hasLeaving()).isFalse();
    assertThat(keeper.collect()).isZero();
    assertThat(text.looks).as("none if there is nothing to collect").isEqualTo(2);
    assertThat(keeper.liveSlots()).isZero();
  }

  @Test
  void collectsNothingDuringAHit() {
    keeper.retire(published(1));
    hit = true;

    assertThat(keeper.collect()).isZero();
    assertThat(text.looks).isZero();
  }

  @Test
  void looksOnlyIntoCodeThatWasMadeForTheRange() {
    RelocatedCode inside = published(0x100);
    RelocatedCode outside = published(0x110);
    keeper.retire(inside);
    keeper.retire(outside);
    AddressRange range = new AddressRange(0x100, 0x10F);
    List<AddressRange> asked = new ArrayList<>();

    assertThat(keeper.isQuiescentAround(range, asked::add)).isTrue();
    assertThat(asked).containsExactly(inside.slot().range());
    text.busy.add(outside.slot().range());
    assertThat(keeper.isQuiescentAround(range, text::isQuiescent)).isTrue();
    text.busy.add(inside.slot().range());
    assertThat(keeper.isQuiescentAround(range, text::isQuiescent)).isFalse();
  }

  @Test
  void keepsASparePageUntilItIsClosed() {
    keeper.retire(published(1));
    keeper.collect();
    assertThat(bytes.liveAllocations()).isEqualTo(1);
    assertThat(keeper.overlaps(WITHIN)).isTrue();
    keeper.close();
    keeper.collect();
    assertThat(bytes.liveAllocations()).isZero();
    assertThat(keeper.overlaps(WITHIN)).isFalse();
    keeper.retire(published(1));
    keeper.collect();

    assertThat(bytes.liveAllocations()).isZero();
  }

  private final class Text extends ForwardingText {
    private final List<AddressRange> busy = new ArrayList<>();
    private boolean failing;
    private int synchronizations;
    private int looks;

    Text() {
      super(bytes);
    }

    @Override
    public void synchronizeCpus() {
      synchronizations++;
      if (failing) {
        throw new TextException(TextException.Operation.SYNCHRONIZE, 0, 0, "injected");
      }
    }

    @Override
    public boolean isQuiescent(AddressRange range) {
      return busy.stream().noneMatch(range::overlaps);
    }

    @Override
    public Predicate<AddressRange> quiescence() {
      looks++;
      return this::isQuiescent;
    }
  }
}
