package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.RandomProgram;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of everything that can be done to probes, on random programs, against a model
 * that says in a few lines which text is wanted.
 *
 * <p>One sequence again: {@code -Doptprobe.seed=}the printed seed. More of them: {@code
 * -Doptprobe.sequences=}.
 */
class RandomModelTest extends ToyTest {
  private static final int SEQUENCES = Integer.getInteger("optprobe.sequences", 2500);
  private static final int STEPS = 14;
  private static final List<Tier> TIERS = List.of(Tier.values());

  private RandomProgram program;
  private Random random;
  private final List<Known> known = new ArrayList<>();
  private long[] executions;

  /** A registered kprobe and what the model knows of it. */
  private static final class Known {
    private final ProbeHandle handle;
    private long hits;

    Known(ProbeHandle handle) {
      this.handle = handle;
    }

    long address() {
      return handle.kprobe().address().value();
    }
  }

  @Test
  void textAndResultsAgreeWithTheModel() {
    Long one = Long.getLong("optprobe.seed");
    long first = one != null ? one : System.nanoTime();
    for (long seed = first; seed < first + (one != null ? 1 : SEQUENCES); seed++) {
      try {
        sequence(seed);
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("replay with -Doptprobe.seed=" + seed, failure);
      }
    }
  }

  private void sequence(long seed) {
    random = new Random(seed);
    program = new RandomProgram(BASE, random);
    known.clear();
    start(program);
    executions = executions();
    for (int i = 0; i < STEPS; i++) {
      step();
      drainAndCompare();
    }
    close();
  }

  private long[] executions() {
    long[] counts = new long[0x10000];
    machine.reset(BASE);
    machine.runUntil(
        pc -> {
          counts[(int) pc]++;
          return false;
        });
    return counts;
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> register();
      case 3, 4 -> pick().ifPresent(this::remove);
      case 5 -> pick().ifPresent(each -> each.handle.disable());
      case 6 -> pick().ifPresent(each -> each.handle.enable());
      case 7 -> runWithSomethingInTheMiddle();
      default -> run();
    }
  }

  private Optional<Known> pick() {
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(known.get(random.nextInt(known.size())));
  }

  private void register() {
    // Close together, so that windows overlap.
    List<Long> addresses = program.addresses();
    long address = addresses.get(random.nextInt(Math.min(8, addresses.size())));
    Kprobe.Builder kprobe = Kprobe.at(at(address));
    if (random.nextInt(5) == 0) {
      kprobe.upTo(TIERS.get(random.nextInt(TIERS.size())));
    }
    if (random.nextInt(5) == 0) {
      kprobe.postHandler((probe, registers) -> {});
    }
    if (random.nextInt(5) == 0) {
      kprobe.startDisabled();
    }
    known.add(new Known(kprobes.register(kprobe.build())));
  }

  private void remove(Known each) {
    each.handle.close();
    known.remove(each);
  }

  private void run() {
    assertTransparent();
    for (Known each : known) {
      each.hits += each.handle.isEnabled() ? executions[(int) each.address()] : 0;
      assertThat(each.handle.hits()).as("%s", each.handle).isEqualTo(each.hits);
    }
  }

  /** A CPU stands anywhere while the text changes, and more than once. */
  private void runWithSomethingInTheMiddle() {
    machine.reset(BASE);
    boolean halted = false;
    while (!halted) {
      int[] left = {random.nextInt(12)};
      halted = !machine.runUntil(pc -> left[0]-- == 0);
      if (!halted) {
        change();
        kprobes.runOptimizer();
      }
    }
    assertThat(machine.state()).isEqualTo(unprobed);
    // How often each was hit depends on when it came; from here on it counts again.
    known.forEach(each -> each.hits = each.handle.hits());
  }

  private void change() {
    switch (random.nextInt(4)) {
      case 0 -> register();
      case 1 -> pick().ifPresent(this::remove);
      case 2 -> pick().ifPresent(each -> each.handle.disable());
      default -> pick().ifPresent(each -> each.handle.enable());
    }
  }

  private void drainAndCompare() {
    machine.reset(0);
    if (random.nextInt(3) != 0) {
      OptimizerPass pass = kprobes.runOptimizer();
      assertThat(pass.waiting()).isZero();
      assertThat(pass.failed()).isZero();
      assertThat(textNow()).isEqualTo(wantedText());
    }
    assertThat(kprobes.originalText().readFully(BASE, originalBytes().length))
        .isEqualTo(originalBytes());
  }

  private byte[] wantedText() {
    TreeMap<Long, List<Known>> armed = new TreeMap<>();
    TreeMap<Long, Boolean> mayJump = new TreeMap<>();
    for (Known each : known) {
      Kprobe kprobe = each.handle.kprobe();
      boolean permits = kprobe.postHandler().isEmpty() && kprobe.ceiling() == Tier.OPTIMIZED;
      mayJump.merge(each.address(), permits, Boolean::logicalAnd);
      if (each.handle.isEnabled()) {
        armed.computeIfAbsent(each.address(), unused -> new ArrayList<>()).add(each);
      }
    }
    byte[] wanted = originalBytes();
    for (long address : armed.keySet()) {
      int window = program.windowBytes(address);
      boolean alone = armed.subMap(address, false, address + window, false).isEmpty();
      int offset = (int) (address - BASE);
      if (window > 0 && alone && Boolean.TRUE.equals(mayJump.get(address))) {
        jump(wanted, offset, address);
      } else {
        wanted[offset] = (byte) 0xCC;
      }
    }
    return wanted;
  }

  /** Where the buffer lies is the library's affair, but it must be this probe's. */
  private void jump(byte[] wanted, int offset, long address) {
    byte[] now = Arrays.copyOfRange(textNow(), offset, offset + 3);
    assertThat(now[0]).as("a jump at %x", address).isEqualTo((byte) 7);
    assertThat(kprobes.originalAddress(jumpTarget(address))).hasValue(address);
    System.arraycopy(now, 0, wanted, offset, 3);
  }

  private void close() {
    kprobes.close();
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).isZero();
    assertThat(text.liveAllocations()).isZero();
  }
}
