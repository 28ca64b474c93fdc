package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a listener is told, and when. */
class ListenerTest extends StraightCodeTest {
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void listen() {
    restart(false);
  }

  private void restart(boolean lazily) {
    kprobes.close();
    told.clear();
    start(
        builder -> {
          builder.listener(new Listener());
          return lazily ? builder.lazyUnoptimize() : builder;
        });
  }

  private final class Listener implements ProbeListener {
    @Override
    public void registered(ProbeHandle probe) {
      told.add("registered %x %b".formatted(probe.address().value(), probe.isEnabled()));
    }

    @Override
    public void unregistered(ProbeHandle probe) {
      told.add("unregistered %x %b".formatted(probe.address().value(), probe.isRegistered()));
    }

    @Override
    public void enabled(ProbeHandle probe) {
      told.add("enabled %x".formatted(probe.address().value()));
    }

    @Override
    public void disabled(ProbeHandle probe) {
      told.add("disabled %x".formatted(probe.address().value()));
    }

    @Override
    public void gone(ProbeHandle probe) {
      told.add("gone %x".formatted(probe.address().value()));
    }

    @Override
    public void notOptimized(CodeAddress address, Refusal reason) {
      told.add("notOptimized %x %s".formatted(address.value(), reason.code()));
    }

    @Override
    public void optimized(CodeAddress address) {
      told.add("optimized %x".formatted(address.value()));
    }

    @Override
    public void unoptimized(CodeAddress address) {
      told.add("unoptimized %x".formatted(address.value()));
    }

    @Override
    public void optimizeFailed(CodeAddress address, TextException failure) {
      told.add("optimizeFailed %x %s".formatted(address.value(), failure.operation()));
    }

    @Override
    public void handlerFailed(Probe probe, Throwable failure) {
      told.add("handlerFailed %s %s".formatted(probe.label(), failure.getMessage()));
    }
  }

  private List<String> takeTold() {
    List<String> all = List.copyOf(told);
    told.clear();
    return all;
  }

  @Test
  void isToldOfEachStationInOrder() {
    ProbeHandle handle = probe(BASE);
    assertThat(takeTold()).containsExactly("registered 4000 true");
    kprobes.runOptimizer();
    assertThat(takeTold()).containsExactly("optimized 4000");
    handle.disable();
    assertThat(takeTold()).containsExactly("unoptimized 4000", "disabled 4000");
    handle.enable();
    assertThat(takeTold()).containsExactly("enabled 4000");
    handle.close();
    assertThat(takeTold()).containsExactly("unregistered 4000 false");
  }

  @Test
  void isToldNothingByOperationsThatDoNothing() {
    ProbeHandle handle = probe(BASE);
    handle.enable();
    handle.disable();
    handle.disable();
    handle.close();
    handle.close();
    kprobes.runOptimizer();

    assertThat(told)
        .containsExactly("registered 4000 true", "disabled 4000", "unregistered 4000 false");
  }

  @Test
  void isToldOfABatchAfterAllOfItIsThere() {
    List<ProbeHandle> handles =
        kprobes.registerAll(
            List.of(
                Kprobe.at(at(BASE + 4)).build(),
                Kprobe.at(at(BASE)).startDisabled().build(),
                Kretprobe.at(at(BASE)).build()));
    assertThat(takeTold())
        .containsExactly("registered 4004 true", "registered 4000 false", "registered 4000 true");
    kprobes.unregisterAll(handles);
    assertThat(takeTold())
        .containsExactly(
            "unregistered 4004 false", "unregistered 4000 false", "unregistered 4000 false");
  }

  @Test
  void isToldWhyAProbeIsNotOptimizedOnceAndBeforeItIsRegistered() {
    long last = BASE + 25;
    ProbeHandle handle = probe(last - 1);
    probe(last - 1);
    handle.disable();
    handle.enable();

    assertThat(told)
        .startsWith("notOptimized %x TOY_UNMOVABLE".formatted(last - 1))
        .filteredOn(line -> line.startsWith("notOptimized"))
        .hasSize(1);
  }

  @Test
  void isToldOfAJumpThatMakesWay() {
    optimized(BASE);
    told.clear();
    ProbeHandle inside = probe(BASE + 1, BOOSTED);
    assertThat(takeTold()).containsExactly("unoptimized 4000", "registered 4001 true");
    inside.close();
    kprobes.runOptimizer();
    assertThat(takeTold()).containsExactly("unregistered 4001 false", "optimized 4000");
  }

  @Test
  void isToldOfTheProbeAtOnceAndOfTheTextLaterWhereItLeavesLazily() {
    restart(true);
    ProbeHandle handle = optimized(BASE);
    told.clear();
    handle.close();
    assertThat(takeTold()).containsExactly("unregistered 4000 false");
    kprobes.runOptimizer();
    assertThat(takeTold()).containsExactly("unoptimized 4000");
  }

  @Test
  void isToldOfSwitchesByWhatTheyDoToTheText() {
    optimized(BASE);
    told.clear();
    kprobes.setOptimizing(false);
    assertThat(takeTold()).containsExactly("unoptimized 4000");
    kprobes.setOptimizing(true);
    kprobes.runOptimizer();
    assertThat(takeTold()).containsExactly("optimized 4000");
    kprobes.disarmAll();
    assertThat(takeTold()).containsExactly("unoptimized 4000");
  }

  @Test
  void isToldOfRemovedText() {
    ProbeHandle handle = probe(BASE);
    kprobes.disarmAll();
    told.clear();
    kprobes.textRemoved(AddressRange.ofLength(BASE, 4));
    kprobes.textRemoved(AddressRange.ofLength(BASE, 4));
    assertThat(takeTold()).containsExactly("gone 4000");
    handle.close();
    assertThat(takeTold()).containsExactly("unregistered 4000 false");
  }

  @Test
  void isToldOfStoresThatFail() {
    probe(BASE);
    told.clear();
    faulty.failAfter(1, false);
    kprobes.runOptimizer();

    assertThat(told).containsExactly("optimizeFailed 4000 SYNCHRONIZE");
  }

  @Test
  void isNotToldOfAnOperationThatFailed() {
    faulty.failAfter(2, false);
    assertThatExceptionOfType(TextException.class).isThrownBy(() -> probe(BASE, BOOSTED));
    assertThat(told).isEmpty();
    ProbeHandle handle = probe(BASE, BOOSTED);
    told.clear();
    for (Runnable operation : List.<Runnable>of(handle::disable, handle::close)) {
      faulty.failAfter(0, false);
      assertThatExceptionOfType(TextException.class).isThrownBy(operation::run);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void isToldOfHandlersThatThrow() {
    kprobes.register(
        Kprobe.at(at(BASE))
            .label("bad")
            .onHit(
                registers -> {
                  throw new AssertionError("on purpose");
                })
            .build());
    told.clear();
    assertTransparent();

    assertThat(told).containsExactly("handlerFailed bad on purpose");
  }

  @Test
  void closingTheRegistryIsUnregistering() {
    probe(BASE);
    probe(BASE + 4);
    told.clear();
    kprobes.close();

    assertThat(told).containsExactly("unregistered 4000 false", "unregistered 4004 false");
  }

  @Test
  void everyListenerIsToldAlthoughAnotherThrowsAnythingItLikes() {
    kprobes.close();
    told.clear();
    // Every method of it throws an error, not only an exception.
    ProbeListener throwing =
        (ProbeListener)
            Proxy.newProxyInstance(
                ProbeListener.class.getClassLoader(),
                new Class<?>[] {ProbeListener.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError(method.getName());
                });
    start(builder -> builder.listener(throwing).listener(new Listener()));
    ProbeHandle handle = optimized(BASE);
    handle.disable();
    handle.enable();
    kprobes.runOptimizer();
    assertTransparent();
    handle.close();

    assertThat(told)
        .containsExactly(
            "registered 4000 true",
            "optimized 4000",
            "unoptimized 4000",
            "disabled 4000",
            "enabled 4000",
            "optimized 4000",
            "unoptimized 4000",
            "unregistered 4000 false");
    assertTextIsOriginal();
  }

  @Test
  void needsToOverrideNothing() {
    kprobes.close();
    start(builder -> builder.listener(new ProbeListener() {}));
    ProbeHandle handle = optimized(BASE);
    handle.close();

    assertTextIsOriginal();
  }
}
