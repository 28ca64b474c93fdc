package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Registering, handles, closing. */
class LifecycleTest extends ToyTest {
  @BeforeEach
  void program() {
    for (int i = 0; i < 10; i++) {
      asm.op(ToyOp.NOP);
    }
    asm.op(ToyOp.ADD, 3).op(ToyOp.HLT);
    start();
  }

  @Test
  void handleKnowsWhatWasRegistered() {
    Kprobe kprobe = Kprobe.at(at(BASE)).label("first").upTo(BOOSTED).build();
    ProbeHandle handle = kprobes.register(kprobe);

    assertThat(handle.probe()).isSameAs(kprobe);
    assertThat(handle.isRegistered()).isTrue();
    assertThat(handle.isEnabled()).isTrue();
    assertThat(kprobe).hasToString("Kprobe[first at 0x4000 (toy)]");
    assertThat(kprobe.label()).isEqualTo("first");
    assertThat(kprobe.ceiling()).isEqualTo(BOOSTED);
    assertThat(kprobe.startDisabled()).isFalse();
    assertThat(kprobe.preHandler()).isEmpty();
    assertThat(kprobe.postHandler()).isEmpty();
  }

  @Test
  void oneKprobeMayBeRegisteredTwice() {
    Kprobe kprobe = Kprobe.at(at(BASE)).build();
    ProbeHandle one = kprobes.register(kprobe);
    ProbeHandle two = kprobes.register(kprobe);
    assertTransparent();
    one.close();

    assertThat(one.hits()).isEqualTo(1);
    assertThat(two.hits()).isEqualTo(1);
    assertThat(two.isRegistered()).isTrue();
    assertTransparent();
    assertThat(two.hits()).isEqualTo(2);
  }

  @Test
  void closingAHandleIsIdempotentAndFinal() {
    ProbeHandle handle = optimized(BASE);
    handle.close();
    handle.close();

    assertTextIsOriginal();
    assertThat(handle.isRegistered()).isFalse();
    assertThat(handle.tier()).isEmpty();
    assertThatIllegalStateException().isThrownBy(handle::enable).withMessageContaining("0x4000");
    assertThatIllegalStateException().isThrownBy(handle::disable);
    assertThat(handle.picture().toString()).isNotBlank();
    assertThat(kprobes.liveSlots()).isZero();
  }

  @Test
  void closingAnOldHandleDoesNotTouchANewProbeThere() {
    ProbeHandle old = probe(BASE);
    old.close();
    ProbeHandle fresh = optimized(BASE);
    old.close();

    assertThat(fresh.tier()).contains(OPTIMIZED);
  }

  @Test
  void listsProbesByAddressAndInRegistrationOrder() {
    ProbeHandle third = probe(BASE + 5);
    ProbeHandle first = probe(BASE + 1);
    ProbeHandle second = probe(BASE + 1);

    assertThat(kprobes.probes()).containsExactly(first, second, third);
    first.close();
    assertThat(kprobes.probes()).containsExactly(second, third);
  }

  @Test
  void membersAreRemovedInAnyOrder() {
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      List<ProbeHandle> handles = List.of(probe(BASE), probe(BASE), probe(BASE));
      kprobes.runOptimizer();
      for (int each : order) {
        assertThat(handles.get(each).tier()).contains(OPTIMIZED);
        handles.get(each).close();
        assertTransparent();
      }
      assertTextIsOriginal();
      long hits = 0;
      for (int i = 0; i < order.length; i++) {
        assertThat(handles.get(order[i]).hits()).isEqualTo(i);
        hits += handles.get(i).hits();
      }
      assertThat(hits).isEqualTo(3);
    }
  }

  @Test
  void originalTextShowsNoProbe() {
    probe(BASE);
    optimized(BASE + 3);

    assertThat(textNow()).isNotEqualTo(originalBytes());
    int length = originalBytes().length;
    assertThat(kprobes.originalText().readFully(BASE, length)).isEqualTo(originalBytes());
    for (int i = 0; i < length; i++) {
      assertThat(kprobes.originalText().readFully(BASE + i, 1)[0]).isEqualTo(originalBytes()[i]);
    }
  }

  @Test
  void closingTheRegistryRestoresEverythingAndIsIdempotent() {
    ProbeHandle one = optimized(BASE);
    ProbeHandle two = probe(BASE + 4);
    ProbeHandle three = kprobes.register(Kprobe.at(at(BASE + 8)).startDisabled().build());
    kprobes.close();
    kprobes.close();

    assertTextIsOriginal();
    assertThat(List.of(one, two, three)).noneMatch(ProbeHandle::isRegistered);
    assertThat(kprobes.liveSlots()).isZero();
    assertThatIllegalStateException().isThrownBy(() -> probe(BASE));
    assertTransparent();
    one.close();
  }

  @Test
  void probesOfTwoRegistriesDoNotSeeEachOther() {
    ProbeHandle handle = probe(BASE);
    try (Kprobes other =
        Kprobes.builder(faulty)
            .architecture(new io.github.optprobe.toy.ToyArchitecture())
            .trustBoundaries()
            .build()) {
      assertThat(other.explain(at(BASE)).isProbeable()).isFalse();
      assertThat(other.explain(at(BASE)).verdicts().get(0).refusal().orElseThrow().code())
          .isEqualTo("FOREIGN_BREAKPOINT");
    }
    handle.close();
  }

  @Test
  void registryMayBeCalledFromAHandler() {
    kprobes.register(
        Kprobe.at(at(BASE))
            .onHit(
                r -> {
                  if (kprobes.probes().size() == 1) {
                    probe(BASE + 1);
                    kprobes.runOptimizer();
                  }
                })
            .build());
    assertTransparent();
    assertTransparent();

    assertThat(events).noneMatch(event -> event.startsWith("failed"));
    assertThat(kprobes.probes().get(1).hits()).isEqualTo(2);
  }
}
