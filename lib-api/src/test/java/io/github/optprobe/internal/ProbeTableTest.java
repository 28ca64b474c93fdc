package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.toy.ToyArchitecture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTableTest {
  private static final ToyArchitecture TOY = new ToyArchitecture();

  private final ProbeTable table = new ProbeTable();

  private static Aggregate probe(long address) {
    return new Aggregate(TOY, new BarePrepared(new CodeAddress(address, ToyArchitecture.TOY)));
  }

  @Test
  void findsNothingWhenEmpty() {
    assertThat(table.find(0)).isNull();
    assertThat(table.find(-1)).isNull();
  }

  @Test
  void refusesToRemoveWhatIsNotThere() {
    table.add(probe(1));

    assertThatIllegalStateException().isThrownBy(() -> table.remove(probe(1)));
    assertThatIllegalStateException().isThrownBy(() -> table.remove(probe(2)));
  }

  @Test
  void survivesManyRemovalsAtOneAddress() {
    for (int i = 0; i < 10_000; i++) {
      Aggregate probe = probe(5);
      table.add(probe);
      assertThat(table.find(5)).isSameAs(probe);
      table.remove(probe);
      assertThat(table.find(5)).isNull();
    }
  }

  @Test
  void givesMemoryBackWhenMostAreGone() {
    List<Aggregate> probes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      probes.add(probe(i));
      table.add(probes.get(i));
    }
    assertThat(table.capacity()).isGreaterThanOrEqualTo(20_000);
    probes.subList(10, 10_000).forEach(table::remove);

    assertThat(table.capacity()).isLessThanOrEqualTo(16 * 10);
    for (int i = 0; i < 10; i++) {
      assertThat(table.find(i)).isSameAs(probes.get(i));
    }
    assertThat(table.find(11)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithAModel(long seed) {
    Random random = new Random(seed);
    int space = 1 << (2 + random.nextInt(12));
    Map<Long, Aggregate> model = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long address = random.nextInt(space);
      Aggregate there = model.get(address);
      if (there == null) {
        there = probe(address);
        table.add(there);
        model.put(address, there);
      } else {
        table.remove(there);
        model.remove(address);
      }
      long asked = random.nextInt(space);
      assertThat(table.find(asked)).as("seed %d step %d", seed, i).isSameAs(model.get(asked));
    }
    for (long address = 0; address < space; address++) {
      assertThat(table.find(address)).isSameAs(model.get(address));
    }
  }

  @Test
  void readersAlwaysFindWhatStays() throws InterruptedException {
    List<Aggregate> staying = new ArrayList<>();
    for (long address = 0; address < 64; address += 2) {
      Aggregate probe = probe(address);
      staying.add(probe);
      table.add(probe);
    }
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> lost = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread reader = new Thread(() -> read(staying, done, lost));
      reader.start();
      readers.add(reader);
    }
    churn();
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(lost.get()).isNull();
  }

  private void read(List<Aggregate> staying, AtomicBoolean done, AtomicReference<String> lost) {
    while (!done.get()) {
      for (Aggregate each : staying) {
        if (table.find(each.addressValue()) != each) {
          lost.set("lost " + each);
        }
      }
    }
  }

  private void churn() {
    Random random = new Random(7);
    List<Aggregate> coming = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      // Waves, so that the table grows and shrinks under the readers.
      boolean rising = i / 5_000 % 2 == 0;
      if (coming.size() < 3000 && random.nextInt(5) < (rising ? 4 : 1)) {
        Aggregate probe = probe(64 + i % 0x8000);
        coming.add(probe);
        table.add(probe);
      } else if (!coming.isEmpty()) {
        table.remove(coming.remove(random.nextInt(coming.size())));
      }
    }
  }
}
