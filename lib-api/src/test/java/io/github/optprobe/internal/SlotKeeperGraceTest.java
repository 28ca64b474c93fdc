package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is retired waits for the hits that are in progress then, and for no others. */
class SlotKeeperGraceTest {
  private static final AddressRange WITHIN = new AddressRange(0x20000, 0x2FFFF);

  private final Set<AddressRange> occupied = new HashSet<>();
  private final TextMemory text =
      new ForwardingText(ByteArrayText.at(0x10000, new byte[16])) {
        @Override
        public boolean isQuiescent(AddressRange range) {
          return !occupied.contains(range);
        }
      };
  private final CodeIndex index = new CodeIndex();

  /** The hits that are in progress, by number. */
  private final Set<Integer> inProgress = new HashSet<>();

  private int asked;
  private final SlotKeeper keeper =
      new SlotKeeper(text, new Islands(text), index, this::hitsInProgress);

  private BooleanSupplier hitsInProgress() {
    asked++;
    Set<Integer> now = Set.copyOf(inProgress);
    return () -> now.stream().noneMatch(inProgress::contains);
  }

  private RelocatedCode published(long original) {
    Slot slot = slot();
    RelocatedCode code =
        new RelocatedCode(slot, new byte[] {1, 2}, new int[] {0}, new long[] {original}, 2);
    keeper.publish(code);
    return code;
  }

  private Slot slot() {
    return keeper.preparing(1, slots -> slots.allocate(16, WITHIN).orElseThrow());
  }

  private boolean isFreed(RelocatedCode code) {
    return index.at(code.entry()).isEmpty();
  }

  @Test
  void isFreedWhenTheHitIsOverAlthoughAnotherBegan() {
    inProgress.add(1);
    RelocatedCode code = published(1);
    keeper.retire(code);
    assertThat(keeper.collect()).isZero();
    inProgress.add(2);
    inProgress.remove(1);

    assertThat(keeper.collect()).isEqualTo(1);
    assertThat(isFreed(code)).isTrue();
    assertThat(keeper.leavingCount()).isZero();
    assertThat(keeper.liveSlots()).isZero();
  }

  @Test
  void nothingIsFreedWhileTheHitLasts() {
    inProgress.add(1);
    keeper.retire(published(1));
    for (int i = 0; i < 4; i++) {
      assertThat(keeper.collect()).isZero();
    }
    assertThat(asked).as("one grace period").isEqualTo(1);
    assertThat(keeper.leavingCount()).isEqualTo(1);
  }

  @Test
  void whatIsRetiredMeanwhileWaitsForTheNextGracePeriod() {
    inProgress.add(1);
    RelocatedCode first = published(1);
    keeper.retire(first);
    assertThat(keeper.collect()).isZero();
    inProgress.add(2);
    RelocatedCode second = published(2);
    keeper.retire(second);
    inProgress.remove(1);

    assertThat(keeper.collect()).isEqualTo(1);
    assertThat(isFreed(first)).isTrue();
    assertThat(isFreed(second)).isFalse();
    assertThat(keeper.leavingCount()).isEqualTo(1);
    inProgress.remove(2);
    assertThat(keeper.collect()).isEqualTo(1);
    assertThat(keeper.hasLeaving()).isFalse();
  }

  @Test
  void whatIsDueButOccupiedNeedsNoSecondGracePeriod() {
    RelocatedCode code = published(1);
    Slot bare = slot();
    keeper.retire(code);
    keeper.retire(bare);
    occupied.add(code.slot().range());
    occupied.add(bare.range());
    assertThat(keeper.collect()).isZero();
    assertThat(asked).isEqualTo(1);
    inProgress.add(1);
    occupied.clear();

    assertThat(keeper.collect()).isEqualTo(2);
    assertThat(asked).isEqualTo(1);
    assertThat(keeper.leavingCount()).isZero();
    assertThat(keeper.liveSlots()).isZero();
  }

  @Test
  void nothingIsAskedWhereNothingLeft() {
    published(1);
    assertThat(keeper.collect()).isZero();

    assertThat(asked).isZero();
  }

  /**
   * Random retiring, beginning, ending and collecting: whatever is freed left before every hit that
   * is still in progress began; whatever left is freed in the end, once.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingIsFreedEarlyOrTwice(int seed) {
    Random random = new Random(seed);
    Map<RelocatedCode, Set<Integer>> leaving = new HashMap<>();
    int nextHit = 0;
    int retired = 0;
    int freed = 0;
    for (int i = 0; i < 500; i++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          RelocatedCode code = published(random.nextInt(50));
          leaving.put(code, new HashSet<>(inProgress));
          keeper.retire(code);
          retired++;
        }
        case 1 -> inProgress.add(nextHit++);
        case 2 -> endOne(random, leaving);
        default -> freed += collect(leaving);
      }
      assertThat(keeper.leavingCount()).isEqualTo(leaving.size());
    }
    inProgress.clear();
    leaving.values().forEach(Set::clear);
    freed += collect(leaving);

    assertThat(freed).isEqualTo(retired).isGreaterThan(50);
    assertThat(leaving).isEmpty();
    assertThat(keeper.liveSlots()).isZero();
  }

  private void endOne(Random random, Map<RelocatedCode, Set<Integer>> leaving) {
    if (!inProgress.isEmpty()) {
      List<Integer> all = new ArrayList<>(inProgress);
      Integer over = all.get(random.nextInt(all.size()));
      inProgress.remove(over);
      leaving.values().forEach(waitsFor -> waitsFor.remove(over));
    }
  }

  private int collect(Map<RelocatedCode, Set<Integer>> leaving) {
    int freed = keeper.collect();
    List<RelocatedCode> gone = leaving.keySet().stream().filter(this::isFreed).toList();
    assertThat(gone).hasSize(freed).allSatisfy(code -> assertThat(leaving.get(code)).isEmpty());
    gone.forEach(leaving::remove);
    return freed;
  }
}
