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
  void takesTheLowestFreePlaceAmongSlotsOfItsSize() {
    Slot first = allocate(20);
    Slot second = allocate(32);
    Slot third = allocate(17);
    Slot other = allocate(40);

    assertThat(second.address()).isEqualTo(first.address() + 32);
    assertThat(third.address()).isEqualTo(second.address() + 32);
    assertThat(other.address() & -4096).isNotEqualTo(first.address() & -4096);
    pool.free(second);
    assertThat(allocate(18).address()).isEqualTo(second.address());
    pool.free(first);
    assertThat(allocate(32).address()).isEqualTo(first.address());
    assertThat(allocate(32).address()).isEqualTo(third.address() + 32);
  }

  @Test
  void wastesLessThanAThirdOfTheUnits() {
    for (int bytes = 1; bytes <= 4096; bytes++) {
      int units = (bytes + 15) / 16;
      SizeClass size = SizeClass.holding(bytes, SizeClass.all());
      assertThat(size.slotBytes()).isGreaterThanOrEqualTo(bytes);
      assertThat(3 * units).as("%d", bytes).isGreaterThan(2 * (size.slotBytes() / 16));
    }
    assertThat(SizeClass.holding(4097, SizeClass.all())).isNull();
  }

  @Test
  void pagesGrowSoThatManySlotsNeedFewMappings() {
    AddressRange wide = new AddressRange(0x100000, 0x7FFFFFF);
    for (int i = 0; i < 100_000; i++) {
      assertThat(pool.allocate(32, wide)).isPresent();
    }

    // Of 3.2 MB: some 50 of 64 KiB, and the smaller ones before them.
    assertThat(memory.liveAllocations()).isLessThan(80);
  }

  @Test
  void fallsBackToSmallPagesWhereHolesAreSmall() {
    // Pages of 4 KiB with one of 4 KiB free between them.
    ByteArrayText holes = ByteArrayText.at(0x10000, new byte[16]);
    for (long page = 0x100000; page < 0x300000; page += 0x2000) {
      holes.map(page, new byte[4096]);
    }
    SlotPool among = new SlotPool(holes);
    AddressRange within = new AddressRange(0x100000, 0x2FFFFF);
    int count = 0;
    while (among.allocate(64, within).isPresent()) {
      count++;
    }
    assertThat(count).isEqualTo(256 * 64);
  }

  @Test
  void takesWhatFitsWhereNoPageDoes() {
    AddressRange narrow = new AddressRange(0x20000, 0x20000 + 99);

    Slot slot = pool.allocate(100, narrow).orElseThrow();
    assertThat(slot).isEqualTo(new Slot(0x20000, 100));
  }

  @Test
  void takesNoSlotThatSticksOutOfThePartOfAPageWithinReach() {
    long page = allocate(64).address();
    // The end of the one page and the beginning of what comes behind it.
    AddressRange end = new AddressRange(page + 4096 - 100, page + 4096 + 30);

    assertThat(pool.allocate(64, end)).hasValue(new Slot(page + 4096 - 64, 64));
    assertThat(pool.allocate(64, end)).isEmpty();
    AddressRange beginning = new AddressRange(page, page + 64 + 62);
    assertThat(pool.allocate(64, beginning)).isEmpty();
    assertThat(pool.allocate(63, beginning)).hasValue(new Slot(page + 64, 63));
  }

  @Test
  void slotLiesWithinTheIntervalAlsoInsideOfAPage() {
    long page = allocate(16).address();
    AddressRange narrow = new AddressRange(page + 100, page + 200);

    Slot slot = pool.allocate(16, narrow).orElseThrow();
    assertThat(narrow.contains(slot.range())).isTrue();
    assertThat(slot.address()).isEqualTo(page + 112);
    for (int i = 0; i < 4; i++) {
      assertThat(narrow.contains(pool.allocate(16, narrow).orElseThrow().range())).isTrue();
    }
    // The next one would begin within the interval, but end behind it.
    assertThat(pool.allocate(16, narrow)).isEmpty();
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
    for (int i = 0; i < 4; i++) {
      allocate(1024);
    }
    assertThat(memory.liveAllocations()).isEqualTo(1);
    allocate(1024);

    assertThat(memory.liveAllocations()).isEqualTo(2);
  }

  @Test
  void oneEmptyPageOfASizeIsKeptAndTheOthersGoBack() {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      slots.add(allocate(1000));
    }
    assertThat(memory.liveAllocations()).isEqualTo(3);
    slots.forEach(pool::free);

    assertThat(memory.liveAllocations()).isEqualTo(1);
    assertThat(pool.liveSlots()).isZero();
    assertThat(pool.contains(allocate(1000).address())).isTrue();
    assertThat(memory.liveAllocations()).isEqualTo(1);
  }

  @Test
  void spareThatIsUsedAgainIsNoSpareAnyMore() {
    Slot first = allocate(4096);
    pool.free(first);
    Slot again = allocate(4096);
    assertThat(again).isEqualTo(first);
    pool.keepNoSpares();
    pool.releaseEmptyPages();

    assertThat(memory.readFully(again.address(), 4096)).hasSize(4096);
    pool.free(again);
    assertThat(memory.liveAllocations()).isZero();
  }

  @Test
  void sparesGoBackWhenNoneAreKept() {
    Slot small = allocate(16);
    Slot large = allocate(200);
    pool.free(small);
    pool.releaseEmptyPages();
    assertThat(memory.liveAllocations()).isEqualTo(2);
    pool.keepNoSpares();
    pool.releaseEmptyPages();
    assertThat(memory.liveAllocations()).isEqualTo(1);
    pool.free(large);

    assertThat(memory.liveAllocations()).isZero();
    assertThat(pool.contains(large.address())).isFalse();
    assertThat(allocate(16)).isNotNull();
  }

  @Test
  void knowsWhatItsPagesOverlap() {
    long page = allocate(16).address();

    assertThat(pool.overlaps(AddressRange.ofLength(page - 10, 10))).isFalse();
    assertThat(pool.overlaps(AddressRange.ofLength(page - 10, 11))).isTrue();
    assertThat(pool.overlaps(AddressRange.ofLength(page + 4095, 10))).isTrue();
    assertThat(pool.overlaps(AddressRange.ofLength(page + 4096, 10))).isFalse();
    assertThat(pool.overlaps(AddressRange.ALL)).isTrue();
    assertThat(pool.overlaps(new AddressRange(0, page - 1))).isFalse();
  }

  @Test
  void isEmptyWhenNothingIsInReach() {
    assertThat(pool.allocate(16, new AddressRange(0x10000, 0x10FFF))).isEmpty();
    assertThat(pool.liveSlots()).isZero();
  }

  @Test
  void refusesToFreeWhatIsNotInUse() {
    Slot slot = allocate(40);
    Slot other = allocate(33);

    assertNotInUse(new Slot(slot.address() + 1, 40));
    assertNotInUse(new Slot(slot.address(), 32));
    assertNotInUse(new Slot(slot.address(), 49));
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
    pool.keepNoSpares();
    Slot slot = allocate(16);
    faulty.failAfter(0, false);
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> pool.free(slot));

    assertThat(pool.liveSlots()).isZero();
    assertNotInUse(slot);
    assertThat(allocate(16)).isEqualTo(slot);
    assertThat(memory.liveAllocations()).isEqualTo(1);
    pool.free(slot);
    assertThat(memory.liveAllocations()).isZero();
  }

  @Test
  void pageThatCouldNotBeGivenBackGoesLater() {
    Slot slot = allocate(5000);
    faulty.failAfter(0, 2);
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> pool.free(slot));
    assertThatExceptionOfType(TextException.class).isThrownBy(pool::releaseEmptyPages);
    assertThat(memory.liveAllocations()).isEqualTo(1);
    pool.releaseEmptyPages();

    assertThat(memory.liveAllocations()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomUseAgreesWithAModel(long seed) {
    Random random = new Random(seed);
    List<Slot> live = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      // Waves, so that pages fill and empty.
      if (random.nextInt(10) < (i / 300 % 2 == 0 ? 8 : 3)) {
        take(random, live, seed);
      } else if (!live.isEmpty()) {
        free(random, live);
      }
      assertThat(pool.liveSlots()).isEqualTo(live.size());
    }
    faulty.heal();
    live.forEach(pool::free);
    pool.keepNoSpares();
    pool.releaseEmptyPages();
    assertThat(memory.liveAllocations()).as("seed %d", seed).isZero();
  }

  private void free(Random random, List<Slot> live) {
    Slot slot = live.remove(random.nextInt(live.size()));
    if (random.nextInt(4) == 0) {
      faulty.failAfter(0, false);
    }
    try {
      pool.free(slot);
    } catch (TextException injected) {
      assertThat(injected).hasMessageContaining("injected");
    }
    faulty.heal();
    assertNotInUse(slot);
  }

  private void take(Random random, List<Slot> live, long seed) {
    int bytes = 1 + random.nextInt(random.nextInt(20) == 0 ? 6000 : 200);
    long center = 0x20000L + random.nextInt(0x8000);
    AddressRange within =
        AddressRange.around(center, random.nextInt(0x4000), random.nextInt(0x3000));
    Optional<Slot> got = pool.allocate(bytes, within);
    got.ifPresent(slot -> checkNew(slot, bytes, within, live, seed));
    if (got.isEmpty()) {
      // The pool must not say no while a whole page is free there.
      assertThat(memory.allocate(Math.max(4096, bytes), within)).as("seed %d", seed).isEmpty();
    }
  }

  private void checkNew(Slot slot, int bytes, AddressRange within, List<Slot> live, long seed) {
    assertThat(slot.bytes()).isEqualTo(bytes);
    assertThat(within.contains(slot.range())).as("seed %d", seed).isTrue();
    assertThat(live).as("seed %d", seed).noneMatch(other -> other.range().overlaps(slot.range()));
    assertThat(slot.address() % 16).isZero();
    assertThat(memory.readFully(slot.address(), bytes)).hasSize(bytes);
    assertThat(pool.contains(slot.address())).isTrue();
    assertThat(pool.overlaps(slot.range())).isTrue();
    live.add(slot);
  }
}
