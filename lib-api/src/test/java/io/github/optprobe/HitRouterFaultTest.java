package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.toy.RouterView;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random operations, of which stores, synchronisations, allocations and the router's own
 * preparations fail now and then: what the router was told last agrees with the text before every
 * single store, and with what the registry says after every operation. The program is straight code
 * of one byte per instruction, so that windows of three bytes overlap at every distance.
 */
class HitRouterFaultTest extends ToyTest {
  private static final int PLACES = 30;
  private static final int STEPS = 300;
  private static final byte BREAKPOINT = (byte) 0xCC;
  private static final byte JUMP = 0x07;

  private final RouterView router = new RouterView();
  private final List<ProbeHandle> handles = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  private Random random = new Random(0);
  private int failed;
  private int labels;
  private int unroutable;

  private void begin(int seed, boolean lazily, int batch) {
    random = new Random(seed);
    for (int i = 0; i < PLACES + 4; i++) {
      asm.op(i % 3 == 1 ? ToyOp.INX : ToyOp.NOP);
    }
    asm.op(ToyOp.HLT);
    start(
        builder -> {
          Kprobes.Builder routed = builder.router(router).batchLimit(batch);
          return lazily ? routed.lazyUnoptimize() : routed;
        });
    text.onWrite(range -> assertRoutedAsTheTextIs());
    router.beforePreparing(
        what -> {
          unroutable--;
          if (unroutable == 0) {
            failed++;
            throw new TextException(Operation.ALLOCATE, 0, 8, "the router has none");
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "1, false, 1024", "2, false, 1024", "3, false, 2", "4, false, 1",
    "5, true, 1024", "6, true, 1024", "7, true, 2", "8, true, 1"
  })
  void routerKnowsWhatIsInTheText(int seed, boolean lazily, int batch) {
    begin(seed, lazily, batch);
    for (int i = 0; i < STEPS; i++) {
      injectOrNot();
      history.add(operation());
      if (history.size() > 12) {
        history.remove(0);
      }
      faulty.heal();
      unroutable = 0;
      assertRoutedAsTheTextIs();
      assertRouterAgreesWithTheRegistry();
    }
    assertThat(failed).as("operations that failed").isGreaterThan(STEPS / 20);
    kprobes.close();
    kprobes.runOptimizer();
    assertThat(router.sites()).isEmpty();
    List<String> told = router.news();
    assertThat(told).filteredOn(each -> each.startsWith("diverted")).hasSizeGreaterThan(10);
    assertThat(told).filteredOn(each -> each.startsWith("removed")).hasSizeGreaterThan(10);
  }

  private void injectOrNot() {
    switch (random.nextInt(6)) {
      case 0 -> faulty.failAfter(random.nextInt(8), random.nextBoolean());
      case 1 -> faulty.failAfter(random.nextInt(8), 1 + random.nextInt(3));
      case 2 -> faulty.failFrom(random.nextInt(8));
      case 3 -> unroutable = 1 + random.nextInt(3);
      default -> faulty.heal();
    }
  }

  private String operation() {
    handles.removeIf(handle -> !handle.isRegistered());
    int kind = random.nextInt(11);
    String what = kind < 7 && !handles.isEmpty() ? ofHandle(kind) : ofAll(kind);
    handles.removeIf(handle -> !handle.isRegistered());
    return what;
  }

  private String ofHandle(int kind) {
    ProbeHandle one = handles.get(random.nextInt(handles.size()));
    return switch (kind) {
      case 0 -> attempt("close " + one, one::close);
      case 1 -> attempt("disable " + one, one::disable);
      case 2 -> attempt("enable " + one, one::enable);
      case 3 -> {
        List<ProbeHandle> some = handles.stream().filter(handle -> random.nextInt(4) == 0).toList();
        yield attempt("close " + some, () -> kprobes.unregisterAll(some));
      }
      default -> attempt("optimizer", kprobes::runOptimizer);
    };
  }

  private String ofAll(int kind) {
    return switch (kind) {
      case 7 -> attempt("arm", random.nextInt(5) == 0 ? kprobes::disarmAll : kprobes::armAll);
      case 8 -> {
        boolean on = random.nextInt(5) != 0;
        yield attempt("optimizing " + on, () -> kprobes.setOptimizing(on));
      }
      default -> {
        List<Kprobe> probes = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          probes.add(someKprobe());
        }
        yield attempt("register " + probes, () -> handles.addAll(kprobes.registerAll(probes)));
      }
    };
  }

  private String attempt(String what, Runnable run) {
    try {
      run.run();
      return what;
    } catch (TextException injected) {
      failed++;
      return what + ": failed";
    }
  }

  private Kprobe someKprobe() {
    Kprobe.Builder builder = Kprobe.at(at(BASE + random.nextInt(PLACES)));
    builder.label("k" + labels++);
    switch (random.nextInt(10)) {
      case 0 -> builder.upTo(Tier.BOOSTED);
      case 1 -> builder.upTo(Tier.SINGLE_STEP);
      case 2 -> builder.postHandler((kprobe, registers) -> {});
      case 3 -> builder.startDisabled();
      default -> builder.upTo(Tier.OPTIMIZED);
    }
    return builder.build();
  }

  /** Holds at any moment, in the middle of an operation too. */
  private void assertRoutedAsTheTextIs() {
    byte[] now = textNow();
    byte[] original = originalBytes();
    boolean[] explained = new boolean[now.length];
    for (Map.Entry<Long, RouterView.Site> each : router.sites().entrySet()) {
      int at = (int) (each.getKey() - BASE);
      boolean diverted = each.getValue().into() != null;
      if (now[at] == JUMP && !diverted) {
        fail("a jump at %d, and traps are not diverted, after %s", at, history);
      }
      Arrays.fill(explained, at, at + (diverted ? 3 : 1), true);
    }
    for (int i = 0; i < now.length; i++) {
      if (!explained[i] && now[i] != original[i]) {
        fail("%02x at %d, of which the router knows nothing, after %s", now[i], i, history);
      }
    }
  }

  private void assertRouterAgreesWithTheRegistry() {
    for (ProbeHandle handle : handles) {
      RouterView.Site site = router.sites().get(handle.address().value());
      assertThat(site).as("%s after %s", handle, history).isNotNull();
      Tier there = handle.tier().orElse(null);
      boolean jump = there == Tier.OPTIMIZED;
      assertThat(site.into() != null).as("%s after %s", handle, history).isEqualTo(jump);
      if (there != null && !jump) {
        assertThat(site.trapTier()).as("%s after %s", handle, history).isEqualTo(there);
        int at = (int) (handle.address().value() - BASE);
        // The original where a store failed and could not be taken back: the next one to come sees.
        assertThat(textNow()[at]).isIn(BREAKPOINT, originalBytes()[at]);
      }
    }
    router
        .sites()
        .forEach(
            (address, site) ->
                assertThat(site.active())
                    .as("at %x after %s", address, history)
                    .containsExactlyElementsOf(enabledAt(address)));
  }

  private List<ProbeHandle> enabledAt(long address) {
    return handles.stream()
        .filter(handle -> handle.address().value() == address && handle.isEnabled())
        .toList();
  }
}
