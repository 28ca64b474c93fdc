package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.toy.FaultyText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotPoolTest {
  private static final AddressRange WITHIN = new AddressRange(0x20000, 0x2FFFF);

  private final ByteArrayText memory = ByteArrayText.at(0x10000, new byte[16]);
  private final FaultyText faulty = new FaultyText(memory);
  private final SlotPool pool = new SlotPool(faulty);

  private Slot allocate(int bytes) {
    return pool.allocate(bytes, WITHIN).orElseThrow();
  }

  @Test
  void takesTheFirstPlaceThatFits() {
    Slot first = allocate(20);
    Slot second = allocate(16);
    Slot third = allocate(40);

    assertThat(second.address()).isEqualTo(first.address() + 32);
    assertThat(third.address()).isEqualTo(second.address() + 16);
    pool.free(second);
    assertThat(allocate(17).address()).isEqualTo(third.address() + 48);
    assertThat(allocate(16)).isEqualTo(second);
    pool.free(first);
    assertThat(allocate(1).address()).isEqualTo(first.address());
  }

  @Test
  void slotLiesWithinTheIntervalAlsoInsideOfAPage() {
    long page = allocate(16).address();
    AddressRange narrow = new AddressRange(page + 100, page + 200);

    Slot slot = pool.allocate(32, narrow).orElseThrow();
    assertThat(narrow.contains(slot.range())).isTrue();
    assertThat(slot.address()).isEqualTo(page + 112);
    // A second one still fits in front of the end, a third does not.
    assertThat(pool.allocate(32, narrow)).isPresent();
    assertThat(pool.allocate(32, narrow)).isEmpty();
    assertThat(memory.liveAllocations()).isEqualTo(1);
  }

  @Test
  void slotsLargerThanAPageGetTheirOwn() {
    Slot slot = allocate(5000);

    assertThat(memory.readFully(slot.address(), 5000)).hasSize(5000);
    pool.free(slot);
    assertThat(memory.liveAllocations()).isZero();
  }

  @Test
  void takesANewPageWhenOneIsFull() {
    allocate(4096);
    allocate(16);

    assertThat(memory.liveAllocations()).isEqualTo(2);
  }

  @Test
  void emptyPageGoesBack() {
    Slot one = allocate(16);
    Slot two = allocate(16);
    pool.free(one);
    assertThat(memory.liveAllocations()).isEqualTo(1);
    assertThat(pool.contains(one.address())).isTrue();
    pool.free(two);

    assertThat(memory.liveAllocations()).isZero();
    assertThat(pool.contains(one.address())).isFalse();
    assertThat(pool.liveSlots()).isZero();
  }

  @Test
  void isEmptyWhenNothingIsInReach() {
    assertThat(pool.allocate(16, new AddressRange(0x10000, 0x10FFF))).isEmpty();
    assertThat(pool.liveSlots()).isZero();
  }

  @Test
  void refusesToFreeWhatIsNotInUse() {
    Slot slot = allocate(40);
    Slot other = allocate(16);

    assertNotInUse(new Slot(slot.address() + 1, 40));
    assertNotInUse(new Slot(slot.address() + 16, 16));
    assertNotInUse(new Slot(slot.address(), 56));
    assertNotInUse(new Slot(slot.address() + 0x800, 16));
    assertNotInUse(new Slot(0x100, 16));
    pool.free(slot);
    assertNotInUse(slot);
    assertThat(pool.liveSlots()).isEqualTo(1);
    pool.free(other);
    assertNotInUse(other);
  }

  private void assertNotInUse(Slot slot) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pool.free(slot))
        .withMessageContaining("not a slot in use");
  }

  @Test
  void refusesEmptySlots() {
    assertThatIllegalArgumentException().isThrownBy(() -> pool.allocate(0, WITHIN));
  }

  @Test
  void failingAllocationTakesNothing() {
    faulty.failAfter(0, false);

    assertThatExceptionOfType(TextException.class).isThrownBy(() -> pool.allocate(16, WITHIN));
    assertThat(pool.liveSlots()).isZero();
    assertThat(allocate(16)).isNotNull();
  }

  @Test
  void pageThatCouldNotBeGivenBackIsUsedAgain() {
    Slot slot = allocate(16);
    faulty.failAfter(0, false);
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> pool.free(slot));

    assertThat(pool.liveSlots()).isZero();
    assertThat(allocate(16)).isEqualTo(slot);
    assertThat(memory.liveAllocations()).isEqualTo(1);
    pool.free(slot);
    assertThat(memory.liveAllocations()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomUseAgreesWithAModel(long seed) {
    Random random = new Random(seed);
    List<Slot> live = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      if (random.nextInt(5) < 3) {
        take(random, live);
      } else if (!live.isEmpty()) {
        pool.free(live.remove(random.nextInt(live.size())));
      }
      assertThat(pool.liveSlots()).isEqualTo(live.size());
    }
    live.forEach(pool::free);
    assertThat(memory.liveAllocations()).as("seed %d", seed).isZero();
  }

  private void take(Random random, List<Slot> live) {
    int bytes = 1 + random.nextInt(random.nextInt(20) == 0 ? 6000 : 200);
    long center = 0x20000L + random.nextInt(0x8000);
    AddressRange within = AddressRange.around(center, random.nextInt(0x4000), 0x3000);
    Optional<Slot> got = pool.allocate(bytes, within);
    got.ifPresent(
        slot -> {
          assertThat(within.contains(slot.range())).isTrue();
          assertThat(live).noneMatch(other -> other.range().overlaps(slot.range()));
          assertThat(slot.address() % 16).isZero();
          assertThat(memory.readFully(slot.address(), bytes)).hasSize(bytes);
          live.add(slot);
        });
  }
}
