package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeIndexTest {
  private final CodeIndex index = new CodeIndex();

  /** One instruction, relocated to the start of the slot. */
  private static RelocatedCode code(long address, int bytes, long original) {
    return new RelocatedCode(
        new Slot(address, bytes), new byte[bytes], new int[] {0}, new long[] {original}, bytes);
  }

  @Test
  void findsCodeByEveryAddressOfItsSlot() {
    RelocatedCode code = code(0x1010, 20, 7);
    index.add(code);

    assertThat(index.at(0x100F)).isEmpty();
    assertThat(index.at(0x1010)).containsSame(code);
    assertThat(index.at(0x1023)).containsSame(code);
    assertThat(index.at(0x1024)).isEmpty();
    assertThat(index.originalOf(0x1011)).hasValue(7);
    assertThat(index.originalOf(0x1024)).isEmpty();
    assertThat(index.instructionAt(0x1010)).hasValue(7);
    assertThat(index.instructionAt(0x1011)).isEmpty();
    assertThat(index.instructionAt(0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0x1FF0, -0x10000L, 0x7FFF_FFFF_FFFF_F800L})
  void slotMayCrossBlocks(long address) {
    RelocatedCode large = code(address, 10_000, 7);
    RelocatedCode behind = code(address + 10_000, 16, 8);
    index.add(large);
    index.add(behind);

    for (int offset = 0; offset < 10_000; offset++) {
      assertThat(index.at(address + offset)).containsSame(large);
    }
    assertThat(index.at(address + 10_000)).containsSame(behind);
    index.remove(large);
    for (int offset = -1; offset < 10_000; offset += 7) {
      assertThat(index.at(address + offset)).isEmpty();
    }
    assertThat(index.at(address + 10_000)).containsSame(behind);
  }

  @Test
  void slotAtTheTopOfTheAddressSpace() {
    RelocatedCode last = code(-0x20, 0x20, 7);
    index.add(last);

    assertThat(index.at(-1L)).containsSame(last);
    assertThat(index.at(0)).isEmpty();
    index.remove(last);
    assertThat(index.at(-1L)).isEmpty();
  }

  @Test
  void removingWhatIsNotThereDoesNothing() {
    RelocatedCode code = code(0x1000, 16, 7);
    index.remove(code);
    index.add(code(0x1010, 16, 8));
    index.remove(code);

    assertThat(index.originalOf(0x1010)).hasValue(8);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithAModel(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, RelocatedCode> model = new TreeMap<>();
    for (int i = 0; i < 5_000; i++) {
      long address = 16L * random.nextInt(0x800);
      if (random.nextInt(3) == 0 && !model.isEmpty()) {
        Map.Entry<Long, RelocatedCode> gone = model.ceilingEntry(address);
        gone = gone == null ? model.firstEntry() : gone;
        model.remove(gone.getKey());
        index.remove(gone.getValue());
      } else {
        addIfFree(random, address, model);
      }
      long asked = random.nextInt(0x8000 + 5000);
      assertThat(index.at(asked))
          .as("seed %d step %d address %x", seed, i, asked)
          .isEqualTo(naive(model, asked));
    }
  }

  private void addIfFree(Random random, long address, NavigableMap<Long, RelocatedCode> model) {
    int bytes = 1 + random.nextInt(random.nextInt(50) == 0 ? 5000 : 150);
    RelocatedCode fresh = code(address, bytes, address);
    boolean free =
        model.values().stream()
            .noneMatch(other -> other.slot().range().overlaps(fresh.slot().range()));
    if (free) {
      model.put(address, fresh);
      index.add(fresh);
    }
  }

  private static Optional<RelocatedCode> naive(
      NavigableMap<Long, RelocatedCode> model, long address) {
    return model.values().stream()
        .filter(code -> code.slot().range().contains(address))
        .findFirst();
  }

  @Test
  void readersAlwaysFindWhatStaysAndNeverTheWrongCode() throws InterruptedException {
    // Every second slot stays; those between come and go.
    for (long address = 0x10000; address < 0x14000; address += 64) {
      index.add(code(address, 32, address));
    }
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> wrong = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread reader = new Thread(() -> read(done, wrong));
      reader.start();
      readers.add(reader);
    }
    churn();
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong.get()).isNull();
  }

  private void read(AtomicBoolean done, AtomicReference<String> wrong) {
    while (!done.get()) {
      for (long address = 0x10000; address < 0x14000; address += 32) {
        boolean stays = address % 64 == 0;
        long found = index.originalOf(address + 5).orElse(stays ? -1 : address);
        if (found != address) {
          wrong.set("found %x at %x".formatted(found, address));
        }
      }
    }
  }

  private void churn() {
    Random random = new Random(7);
    boolean[] there = new boolean[256];
    for (int i = 0; i < 200_000; i++) {
      int which = random.nextInt(there.length);
      long address = 0x10000 + 64L * which + 32;
      RelocatedCode code = code(address, 32, address);
      if (there[which]) {
        index.remove(code);
      } else {
        index.add(code);
      }
      there[which] = !there[which];
    }
  }
}
