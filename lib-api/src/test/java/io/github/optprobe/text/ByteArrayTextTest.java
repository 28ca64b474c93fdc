package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteArrayTextTest {
  private static final long BASE = 0x10000;

  private final byte[] code = {1, 2, 3, 4};
  private final ByteArrayText text = ByteArrayText.at(BASE, code);

  @Test
  void readsAcrossMappingsThatTouch() {
    text.map(BASE + 4, new byte[] {5, 6});

    assertThat(text.readFully(BASE + 2, 4)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void readIsTruncatedAtAGap() {
    text.map(BASE + 5, new byte[] {6});
    byte[] into = new byte[8];

    assertThat(text.read(BASE + 2, into, 1, 4)).isEqualTo(2);
    assertThat(into).containsExactly(0, 3, 4, 0, 0, 0, 0, 0);
    assertThat(text.read(BASE - 1, into, 0, 4)).isZero();
    assertThat(text.read(BASE + 4, into, 0, 1)).isZero();
  }

  @Test
  void readDoesNotWrapAroundTheAddressSpace() {
    text.map(-2L, new byte[] {7, 8});
    text.map(0, new byte[] {9});

    assertThat(text.read(-2L, new byte[4], 0, 4)).isEqualTo(2);
  }

  @Test
  void readFullySaysWhatIsMissing() {
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.readFully(BASE + 2, 3))
        .satisfies(
            failure -> {
              assertThat(failure.operation()).isEqualTo(TextException.Operation.READ);
              assertThat(failure.address()).isEqualTo(BASE + 2);
              assertThat(failure.length()).isEqualTo(3);
            })
        .withMessageContaining("0x10002");
  }

  @Test
  void writesIntoTheArrayItself() {
    text.write(BASE + 1, new byte[] {9});

    assertThat(code).containsExactly(1, 9, 3, 4);
  }

  @Test
  void writesAcrossMappingsThatTouch() {
    byte[] next = {5, 6};
    text.map(BASE + 4, next);
    text.write(BASE + 3, new byte[] {8, 9});

    assertThat(code).containsExactly(1, 2, 3, 8);
    assertThat(next).containsExactly(9, 6);
  }

  @Test
  void writesAllOrNothing() {
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.write(BASE + 3, new byte[] {8, 9}))
        .satisfies(
            failure -> assertThat(failure.operation()).isEqualTo(TextException.Operation.WRITE));
    assertThat(code).containsExactly(1, 2, 3, 4);
  }

  @Test
  void refusesMappingsThatOverlapWrapOrAreEmpty() {
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE + 3, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE - 1, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(BASE - 1, new byte[9]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(-1L, new byte[2]));
    assertThatIllegalArgumentException().isThrownBy(() -> text.map(0x50, new byte[0]));
  }

  @Test
  void allocatesNearestTheMiddle() {
    AddressRange around = AddressRange.around(BASE, 0x8000, 0x8000);

    // The middle itself is mapped; the next page above is as near as the one below and wins.
    assertThat(text.allocate(4096, around)).hasValue(BASE + 0x1000);
    assertThat(text.allocate(4096, around)).hasValue(BASE - 0x1000);
    assertThat(text.allocate(4096, around)).hasValue(BASE + 0x2000);
    assertThat(text.liveAllocations()).isEqualTo(3);
  }

  @Test
  void fillsAnIntervalToTheLastPageAndNeverOverAMapping() {
    AddressRange within = new AddressRange(BASE - 0x4000, BASE + 0x3FFF);
    int count = 0;
    for (OptionalLong a = text.allocate(4096, within);
        a.isPresent();
        a = text.allocate(4096, within)) {
      AddressRange got = AddressRange.ofLength(a.getAsLong(), 4096);
      assertThat(within.contains(got)).isTrue();
      assertThat(got.contains(BASE)).isFalse();
      assertThat(a.getAsLong() % 16).isZero();
      count++;
    }
    assertThat(count).isEqualTo(7);
    assertThat(code).containsExactly(1, 2, 3, 4);
  }

  @Test
  void findsThePlaceThatBeginsBelowTheMiddle() {
    // Longer than half of the interval: only a start below the middle fits.
    assertThat(text.allocate(0x3000, new AddressRange(0x20000, 0x23FFF))).isPresent();
    assertThat(text.allocate(0x4000, new AddressRange(0x30000, 0x33FFF))).hasValue(0x30000);
  }

  @Test
  void allocatesAnywhereInTheWholeAddressSpace() {
    assertThat(text.allocate(4096, AddressRange.ALL)).isPresent();
  }

  @Test
  void allocatesASingleByte() {
    assertThat(text.allocate(1, new AddressRange(0x20000, 0x20FFF))).isPresent();
  }

  @Test
  void neverAllocatesPageZero() {
    assertThat(text.allocate(16, new AddressRange(0, 0xFFF))).isEmpty();
    assertThat(text.allocate(4096, new AddressRange(0, 0x1FFF))).hasValue(0x1000);
    assertThat(text.allocate(4096, new AddressRange(0, 0x1FFF))).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThat(text.allocate(4097, new AddressRange(0x20000, 0x20FFF))).isEmpty();
    assertThat(text.allocate(4096, new AddressRange(0x20001, 0x21FFE))).isEmpty();
  }

  @Test
  void freedMemoryIsUnmappedAndFreeingTwiceIsRefused() {
    AddressRange within = new AddressRange(0x20000, 0x20FFF);
    long address = text.allocate(4096, within).orElseThrow();
    text.write(address, new byte[] {1});
    text.free(address);

    assertThat(text.liveAllocations()).isZero();
    assertThat(text.read(address, new byte[1], 0, 1)).isZero();
    assertThatExceptionOfType(TextException.class)
        .isThrownBy(() -> text.free(address))
        .withMessageContaining("0x20000");
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> text.free(BASE));
    assertThat(text.allocate(4096, within)).hasValue(address);
    assertThat(text.readFully(address, 1)).containsExactly(0);
  }

  @Test
  void isAlwaysQuiescent() {
    text.synchronizeCpus();

    assertThat(text.isQuiescent(AddressRange.ALL)).isTrue();
    assertThat(text.atomicStoreBytes()).isEqualTo(16);
  }

  @Test
  void freeingKeepsWhatWasMappedBehindItInTheSamePage() {
    AddressRange within = new AddressRange(0x20000, 0x21FFF);
    assertThat(text.allocate(16, new AddressRange(0x20000, 0x20FFF))).hasValue(0x20000);
    text.map(0x20010, new byte[16]);
    text.free(0x20000);

    assertThat(text.allocate(17, within)).hasValue(0x21000);
    assertThat(text.allocate(16, within)).hasValue(0x20000);
    assertThat(text.allocate(16, within)).isEmpty();
  }

  @Test
  void allocatesAtTheTopOfTheAddressSpace() {
    AddressRange top = new AddressRange(-0x3000L, -1L);

    assertThat(text.allocate(4096, top)).hasValue(-0x1000L);
    assertThat(text.allocate(4096, top)).hasValue(-0x2000L);
    assertThat(text.allocate(4096, top)).hasValue(-0x3000L);
    assertThat(text.allocate(4096, top)).isEmpty();
    text.free(-0x1000L);
    assertThat(text.allocate(4096, top)).hasValue(-0x1000L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void allocatesWhereANaiveSearchDoes(long seed) {
    Random random = new Random(seed);
    // Somewhere in the middle, or at either end of the address space.
    long base = List.of(0x40000L, 0L, -0x40000L).get(random.nextInt(3));
    NavigableMap<Long, Integer> model = new TreeMap<>(Long::compareUnsigned);
    ByteArrayText fresh = ByteArrayText.at(0x7000_0000L, new byte[1]);
    List<Long> allocated = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int action = random.nextInt(10);
      if (action == 0) {
        mapSome(random, base, model, fresh);
      } else if (action < 4 && !allocated.isEmpty()) {
        long address = allocated.remove(random.nextInt(allocated.size()));
        fresh.free(address);
        model.remove(address);
      } else {
        int bytes = 1 + random.nextInt(random.nextBoolean() ? 100 : 0x4000);
        long from = base + random.nextInt(0x40000);
        AddressRange within =
            AddressRange.around(from, random.nextInt(0x20000), random.nextInt(0x20000));
        OptionalLong got = fresh.allocate(bytes, within);
        assertThat(got).as("seed %d step %d", seed, i).isEqualTo(naive(bytes, within, model));
        got.ifPresent(address -> model.put(address, bytes));
        got.ifPresent(allocated::add);
      }
    }
  }

  private static void mapSome(
      Random random, long base, NavigableMap<Long, Integer> model, ByteArrayText fresh) {
    long address = base + random.nextInt(0x3F000);
    int bytes = 1 + random.nextInt(0x1000);
    if (isFree(address, bytes, model)) {
      fresh.map(address, new byte[bytes]);
      model.put(address, bytes);
    }
  }

  /** Page by page outwards from the middle. */
  private static OptionalLong naive(
      int bytes, AddressRange within, NavigableMap<Long, Integer> model) {
    long lastOffset = within.last() - within.first();
    long middle = within.first() + (lastOffset >>> 1) + (lastOffset & 1);
    OptionalLong best = OptionalLong.empty();
    for (long page = within.first() & -4096; true; page += 4096) {
      if (Long.compareUnsigned(page, within.last()) > 0) {
        break;
      }
      boolean fits =
          page != 0
              && Long.compareUnsigned(page + bytes - 1, page) >= 0
              && within.contains(AddressRange.ofLength(page, bytes));
      if (fits && isFree(page, bytes, model)) {
        best = nearer(middle, best, page);
      }
      if (page == -4096) {
        break;
      }
    }
    return best;
  }

  private static OptionalLong nearer(long middle, OptionalLong best, long page) {
    boolean nearer =
        best.isEmpty()
            || Math.abs(page - middle) < Math.abs(best.getAsLong() - middle)
            // As near, and above.
            || (Math.abs(page - middle) == Math.abs(best.getAsLong() - middle)
                && Long.compareUnsigned(page, middle) > 0);
    return nearer ? OptionalLong.of(page) : best;
  }

  private static boolean isFree(long address, int bytes, NavigableMap<Long, Integer> model) {
    AddressRange range = AddressRange.ofLength(address, bytes);
    var below = model.floorEntry(range.last());
    return below == null
        || !AddressRange.ofLength(below.getKey(), below.getValue()).overlaps(range);
  }
}
