package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyArchitecture;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeighboursTest {
  private static final ToyArchitecture TOY = new ToyArchitecture();

  private final Neighbours neighbours = new Neighbours();

  private static Aggregate probe(long address) {
    return new Aggregate(TOY, new BarePrepared(new CodeAddress(address, ToyArchitecture.TOY)));
  }

  @Test
  void removingWhatIsNotThereDoesNothing() {
    neighbours.remove(probe(5));
    neighbours.add(probe(6));
    neighbours.remove(probe(5));

    assertThat(neighbours.all()).hasSize(1);
  }

  @Test
  void answerStaysAsItWasGiven() {
    Aggregate one = probe(5);
    neighbours.add(one);
    var before = neighbours.in(new AddressRange(0, 9));
    neighbours.add(probe(4));
    neighbours.remove(one);

    assertThat(before).containsExactly(one);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAModel(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, Aggregate> model = new TreeMap<>(Long::compareUnsigned);
    int space = List.of(100, 5000, 0x10000).get(random.nextInt(3));
    for (int i = 0; i < 5_000; i++) {
      long address = 0x10000L - space + random.nextInt(space);
      Aggregate there = model.remove(address);
      if (there == null) {
        there = probe(address);
        model.put(address, there);
        neighbours.add(there);
      } else {
        neighbours.remove(there);
      }
      check(random, model, "seed %d step %d".formatted(seed, i));
    }
    assertThat(neighbours.all()).containsExactlyElementsOf(model.values());
  }

  private void check(Random random, NavigableMap<Long, Aggregate> model, String when) {
    long first = random.nextInt(0x10000);
    long last = first + random.nextInt(random.nextBoolean() ? 40 : 5000);
    assertThat(neighbours.at(first)).as(when).isSameAs(model.get(first));
    assertThat(neighbours.in(new AddressRange(first, last)))
        .as(when)
        .containsExactlyElementsOf(model.subMap(first, true, last, true).values());
  }
}
