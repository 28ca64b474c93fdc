package io.github.optprobe.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoalescedRangesTest {
  private final CoalescedRanges ranges = new CoalescedRanges();

  @Test
  void joinsWhatTouchesButNotAroundTheEndOfTheAddressSpace() {
    ranges.add(new AddressRange(0, 9));
    ranges.add(new AddressRange(-10L, -1L));
    ranges.add(new AddressRange(20, 29));
    ranges.add(new AddressRange(10, 19));

    assertThat(ranges.highestIn(AddressRange.ALL)).hasValue(new AddressRange(-10L, -1L));
    assertThat(ranges.highestIn(new AddressRange(25, 100))).hasValue(new AddressRange(0, 29));
    assertThat(ranges.highestIn(new AddressRange(30, 100))).isEmpty();
  }

  @Test
  void refusesToRemoveWhatIsNotThere() {
    ranges.add(new AddressRange(10, 19));

    assertThatIllegalArgumentException().isThrownBy(() -> ranges.remove(new AddressRange(5, 12)));
    assertThatIllegalArgumentException().isThrownBy(() -> ranges.remove(new AddressRange(15, 20)));
    assertThat(ranges.highestIn(AddressRange.ALL)).hasValue(new AddressRange(10, 19));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithABitSet(long seed) {
    Random random = new Random(seed);
    BitSet model = new BitSet();
    for (int i = 0; i < 3000; i++) {
      int first = random.nextInt(200);
      int last = first + random.nextInt(20);
      if (random.nextBoolean()) {
        ranges.add(new AddressRange(first, last));
        model.set(first, last + 1);
      } else if (model.nextClearBit(first) > last) {
        ranges.remove(new AddressRange(first, last));
        model.clear(first, last + 1);
      }
      int asked = random.nextInt(230);
      AddressRange range = new AddressRange(asked, asked + random.nextInt(9));
      int top = model.previousSetBit((int) range.last());
      var found = ranges.highestIn(range);
      assertThat(found.isPresent()).as("seed %d step %d", seed, i).isEqualTo(top >= asked);
      found.ifPresent(
          there -> {
            assertThat(there.last()).isEqualTo(model.nextClearBit(top) - 1);
            assertThat(there.first()).isEqualTo(model.previousClearBit(top) + 1);
          });
    }
  }
}
