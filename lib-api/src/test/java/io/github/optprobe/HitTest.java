package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.EMULATED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a hit does to the program and what handlers see, in every tier. */
class HitTest extends LoopingCodeTest {

  private long[] executionsByAddress() {
    long[] executions = new long[0x10000];
    machine.reset(BASE);
    machine.runUntil(
        pc -> {
          executions[(int) pc]++;
          return false;
        });
    return executions;
  }

  @Test
  void everyInstructionInEveryTierComputesTheSame() {
    long[] executions = executionsByAddress();
    Set<Tier> seen = EnumSet.noneOf(Tier.class);
    for (long address : asm.addresses()) {
      for (Tier tier : Tier.values()) {
        try (ProbeHandle handle = probe(address, tier)) {
          kprobes.runOptimizer();
          seen.add(handle.tier().orElseThrow());
          assertTransparent();
          assertThat(handle.hits())
              .as("%x %s", address, handle.tier())
              .isEqualTo(executions[(int) address]);
          assertThat(handle.nmissed()).isZero();
        }
        assertTextIsOriginal();
      }
    }
    assertThat(seen).as("every tier has been hit").hasSameSizeAs(Tier.values());
  }

  @Test
  void allProbesTogetherComputeTheSame() {
    long[] executions = executionsByAddress();
    List<ProbeHandle> handles = new ArrayList<>();
    asm.addresses().forEach(address -> handles.add(probe(address)));
    kprobes.runOptimizer();

    assertTransparent();
    for (ProbeHandle handle : handles) {
      long address = handle.address().value();
      assertThat(handle.hits()).as("%x", address).isEqualTo(executions[(int) address]);
    }
  }

  @Test
  void tiersCostTheTrapsThatTheySay() {
    assertTraps(asm.at("dec"), SINGLE_STEP, 5);
    assertTraps(asm.at("dec"), BOOSTED, 5);
    assertTraps(asm.at("pool") - 1, EMULATED, 5);
    assertTraps(asm.at("dec"), OPTIMIZED, 0);
  }

  private void assertTraps(long address, Tier tier, long expected) {
    try (ProbeHandle handle = probe(address, tier)) {
      kprobes.runOptimizer();
      long before = machine.traps();
      assertTransparent();
      assertThat(handle.tier()).contains(tier);
      assertThat(machine.traps() - before).isEqualTo(expected);
    }
  }

  @Test
  void handlerSeesTheProbedAddressInEveryTier() {
    for (Tier tier : Tier.values()) {
      List<Long> seen = new ArrayList<>();
      Kprobe kprobe =
          Kprobe.at(at(asm.at("dec"))).upTo(tier).onHit(r -> seen.add(r.programCounter())).build();
      try (ProbeHandle handle = kprobes.register(kprobe)) {
        kprobes.runOptimizer();
        assertThat(handle.tier()).contains(tier == EMULATED ? BOOSTED : tier);
        assertTransparent();
        assertThat(seen).hasSize(5).containsOnly(asm.at("dec"));
      }
    }
  }

  @Test
  void handlerReadsAndWritesTheProgramsRegistersInTrapAndJump() {
    for (Tier tier : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
      List<Long> seen = new ArrayList<>();
      Kprobe kprobe =
          Kprobe.at(at(asm.at("dec")))
              .upTo(tier)
              .onHit(
                  registers -> {
                    seen.add(registers.get("a"));
                    registers.set("a", 1);
                    registers.set("x", 0x77);
                  })
              .build();
      try (ProbeHandle handle = kprobes.register(kprobe)) {
        kprobes.runOptimizer();
        assertThat(machine.run(BASE).x()).isEqualTo(0x77);
        assertThat(seen).as("the loop ends when the handler says so: %s", tier).containsExactly(5L);
        assertThat(handle.hits()).isEqualTo(1);
      }
    }
  }

  @Test
  void handlerMovesTheStackPointerInTrapAndJump() {
    for (Tier tier : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
      Kprobe kprobe =
          Kprobe.at(at(asm.at("end")))
              .upTo(tier)
              .onHit(
                  registers -> {
                    registers.set("sp", registers.stackPointer() - 0x100);
                    registers.set("x", 0x55);
                  })
              .build();
      try (ProbeHandle handle = kprobes.register(kprobe)) {
        kprobes.runOptimizer();
        assertThat(handle.tier()).contains(tier);
        var state = machine.run(BASE);
        assertThat(state.sp()).as("%s", tier).isEqualTo(unprobed.sp() - 0x100);
        assertThat(state.x()).isEqualTo(0x55);
        assertThat(state.a()).isEqualTo(0x55);
        assertThat(state.pc()).isEqualTo(unprobed.pc());
      }
    }
  }

  @Test
  void changedProgramCounterIsIgnoredWithoutSkip() {
    for (Tier tier : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
      List<Long> seen = new ArrayList<>();
      long dec = asm.at("dec");
      Kprobe first = Kprobe.at(at(dec)).upTo(tier).onHit(r -> r.setProgramCounter(0x7777)).build();
      Kprobe throwing =
          Kprobe.at(at(dec))
              .onHit(
                  r -> {
                    r.setProgramCounter(0x6666);
                    throw new IllegalStateException("on purpose");
                  })
              .build();
      Kprobe second = Kprobe.at(at(dec)).onHit(r -> seen.add(r.programCounter())).build();
      try (ProbeHandle one = kprobes.register(first);
          ProbeHandle two = kprobes.register(throwing);
          ProbeHandle three = kprobes.register(second)) {
        kprobes.runOptimizer();
        assertTransparent();
        assertThat(seen).as("PC of the later handler, %s", tier).hasSize(5).containsOnly(dec);
        assertThat(List.of(one.hits(), two.hits(), three.hits())).containsOnly(5L);
      }
    }
  }

  @Test
  void emulatedTierIgnoresAChangedProgramCounterToo() {
    long inx = asm.at("pool") - 1;
    kprobes.register(Kprobe.at(at(inx)).onHit(r -> r.setProgramCounter(0x7777)).build());

    assertTransparent();
  }

  @Test
  void skipTakesOverTheProgramCounterAndStopsLaterHandlersInEveryTier() {
    for (Tier tier : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
      List<String> calls = new ArrayList<>();
      Kprobe skipping =
          Kprobe.at(at(asm.at("dec")))
              .upTo(tier)
              .preHandler(
                  (probe, registers) -> {
                    calls.add("skip");
                    registers.set("a", 0x42);
                    registers.setProgramCounter(asm.at("end"));
                    return HandlerOutcome.SKIP;
                  })
              .build();
      Kprobe later = Kprobe.at(at(asm.at("dec"))).onHit(r -> calls.add("later")).build();
      try (ProbeHandle one = kprobes.register(skipping);
          ProbeHandle two = kprobes.register(later)) {
        kprobes.runOptimizer();
        assertThat(one.tier()).contains(tier);
        machine.reset(BASE);
        assertThat(machine.runUntil(pc -> pc == asm.at("end"))).isTrue();
        assertThat(machine.get("a")).isEqualTo(0x42);
        assertThat(machine.stackPointer()).as("%s", tier).isEqualTo(0xFFF0);
        machine.run();
        assertThat(calls).containsExactly("skip");
        assertThat(one.hits()).isEqualTo(1);
        assertThat(two.hits()).isZero();
        assertThat(two.nmissed()).isZero();
      }
    }
  }

  @Test
  void skipWorksInTheEmulatedTier() {
    long inx = asm.at("pool") - 1;
    kprobes.register(
        Kprobe.at(at(inx))
            .preHandler(
                (probe, registers) -> {
                  registers.setProgramCounter(asm.at("end"));
                  return HandlerOutcome.SKIP;
                })
            .build());
    machine.run(BASE);

    assertThat(machine.get("x")).isZero();
  }

  @Test
  void membersRunInRegistrationOrder() {
    for (Tier tier : List.of(SINGLE_STEP, OPTIMIZED)) {
      List<Integer> order = new ArrayList<>();
      List<ProbeHandle> handles = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int number = i;
        handles.add(
            kprobes.register(Kprobe.at(at(BASE)).upTo(tier).onHit(r -> order.add(number)).build()));
      }
      handles.get(1).disable();
      kprobes.runOptimizer();
      machine.run(BASE);
      assertThat(order).containsExactly(0, 2, 3);
      handles.get(0).close();
      handles.get(1).enable();
      handles.get(3).close();
      machine.run(BASE);
      assertThat(order).containsExactly(0, 2, 3, 1, 2);
      handles.get(2).close();
      handles.get(1).close();
      assertTextIsOriginal();
    }
  }

  @Test
  void postHandlerSeesTheInstructionsEffect() {
    List<String> seen = new ArrayList<>();
    long inx = asm.at("pool") - 1;
    for (long address : List.of(asm.at("dec"), inx, asm.at("call"), asm.at("ret"))) {
      kprobes.register(
          Kprobe.at(at(address))
              .postHandler(
                  (probe, r) ->
                      seen.add("%x->%x x=%d".formatted(address, r.programCounter(), r.get("x"))))
              .build());
    }
    assertTransparent();

    assertThat(seen).hasSize(20);
    assertThat(seen.subList(0, 4))
        .containsExactly(
            "%x->%x x=1".formatted(inx, inx + 1),
            "%x->%x x=1".formatted(asm.at("call"), asm.at("sub")),
            "%x->%x x=%d"
                .formatted(asm.at("ret"), asm.at("call") + 3, Long.parseLong(xIn(seen.get(2)))),
            seen.get(3));
    assertThat(seen.get(3)).startsWith("%x->%x".formatted(asm.at("dec"), asm.at("dec") + 4));
  }

  private static String xIn(String line) {
    return line.substring(line.indexOf("x=") + 2);
  }

  @Test
  void failingHandlersAreReportedAndTheOthersRun() {
    List<String> calls = new ArrayList<>();
    kprobes.register(
        Kprobe.at(at(asm.at("dec")))
            .onHit(
                r -> {
                  throw new IllegalStateException("pre");
                })
            .postHandler(
                (probe, r) -> {
                  throw new AssertionError("post");
                })
            .build());
    kprobes.register(
        Kprobe.at(at(asm.at("dec")))
            .onHit(r -> calls.add("pre"))
            .postHandler((probe, r) -> calls.add("post"))
            .build());
    assertTransparent();

    assertThat(calls).hasSize(10).startsWith("pre", "post");
    assertThat(events).hasSize(10).startsWith("failed pre", "failed post");
  }

  @Test
  void failingHandlerBehindAJumpIsReportedToo() {
    kprobes.register(
        Kprobe.at(at(asm.at("dec")))
            .onHit(
                r -> {
                  throw new IllegalStateException("jump");
                })
            .build());
    kprobes.runOptimizer();
    assertTransparent();

    assertThat(events).hasSize(6).contains("failed jump");
  }

  @Test
  void hitInsideOfAHandlerIsMissedNotRecursedInto() {
    for (Tier outer : List.of(SINGLE_STEP, OPTIMIZED)) {
      for (Tier inner : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
        try (ProbeHandle nested = probe(asm.at("sub"), inner);
            ProbeHandle disabled = probe(asm.at("sub"));
            ProbeHandle outside =
                kprobes.register(
                    Kprobe.at(at(asm.at("end")))
                        .upTo(outer)
                        .onHit(r -> machine.runNested(asm.at("sub") - 3))
                        .build())) {
          disabled.disable();
          kprobes.runOptimizer();
          assertThat(nested.tier()).as("sub has TAX in it").contains(inner);
          assertThat(machine.run(BASE).x()).isEqualTo(unprobed.x());
          // The nested run goes straight to the halt.
          assertThat(nested.hits()).isEqualTo(5);
          assertThat(outside.hits()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void nestedHitsCountAsMissed() {
    for (Tier outer : List.of(SINGLE_STEP, OPTIMIZED)) {
      for (Tier inner : List.of(SINGLE_STEP, BOOSTED, OPTIMIZED)) {
        try (ProbeHandle nested = probe(asm.at("end"), inner);
            ProbeHandle outside =
                kprobes.register(
                    Kprobe.at(at(asm.at("call")))
                        .upTo(outer)
                        .onHit(r -> machine.runNested(asm.at("end")))
                        .build())) {
          kprobes.runOptimizer();
          assertTransparent();
          assertThat(outside.hits()).isEqualTo(5);
          assertThat(nested.nmissed()).as("%s in %s", inner, outer).isEqualTo(5);
          assertThat(nested.hits()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void hitWhileACopyIsBeingSteppedIsStepped() {
    ProbeHandle outer = probe(asm.at("dec"), SINGLE_STEP);
    ProbeHandle inner = probe(asm.at("end"), SINGLE_STEP);
    machine.reset(BASE);
    machine.runUntil(pc -> kprobes.relocatedInstructionAt(pc).isPresent());
    // An interrupt between the trap and the step.
    machine.runNested(asm.at("end"));
    machine.run();

    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(outer.hits()).isEqualTo(5);
    assertThat(inner.hits()).isEqualTo(2);
  }

  @Test
  void mapsProgramCountersInSlotsAndBuffersBack() {
    probe(asm.at("dec"), BOOSTED);
    optimized(asm.at("end"));
    List<Long> trace = new ArrayList<>();
    machine.reset(BASE);
    machine.runUntil(
        pc -> {
          if (pc >= BASE && pc < BASE + 0x100) {
            boolean probed = pc == asm.at("dec") || pc == asm.at("end");
            if (!probed) {
              trace.add(pc);
            }
          }
          kprobes.relocatedInstructionAt(pc).ifPresent(trace::add);
          return false;
        });
    List<Long> plain = new ArrayList<>();
    kprobes.close();
    machine.reset(BASE);
    machine.runUntil(
        pc -> {
          plain.add(pc);
          return false;
        });

    assertThat(trace).as("a trace of original instructions").isEqualTo(plain);
  }

  @Test
  void originalAddressCoversTheWholeBuffer() {
    optimized(asm.at("end"));
    long buffer = jumpTarget(asm.at("end"));

    assertThat(kprobes.originalAddress(buffer)).hasValue(asm.at("end"));
    assertThat(kprobes.relocatedInstructionAt(buffer)).isEmpty();
    assertThat(kprobes.originalAddress(asm.at("end"))).isEmpty();
    // Prologue 9, nop 1, jr relocated 3, and then the jump back.
    assertThat(kprobes.relocatedInstructionAt(buffer + 9)).hasValue(asm.at("end"));
    assertThat(kprobes.relocatedInstructionAt(buffer + 10)).hasValue(asm.at("end") + 1);
    assertThat(kprobes.originalAddress(buffer + 12)).hasValue(asm.at("end") + 1);
    assertThat(kprobes.originalAddress(buffer + 13)).isEmpty();
    kprobes.close();
    assertThat(kprobes.originalAddress(buffer)).isEmpty();
  }

  @Test
  void listenerThatThrowsDisturbsNobody() {
    kprobes.close();
    start(
        builder ->
            builder.listener(
                new ProbeListener() {
                  @Override
                  public void handlerFailed(Probe probe, Throwable failure) {
                    throw new IllegalStateException("listener");
                  }

                  @Override
                  public void optimized(CodeAddress address) {
                    throw new IllegalStateException("listener");
                  }

                  @Override
                  public void unoptimized(CodeAddress address) {
                    throw new IllegalStateException("listener");
                  }
                }));
    kprobes.register(
        Kprobe.at(at(asm.at("dec")))
            .onHit(
                r -> {
                  throw new IllegalStateException("handler");
                })
            .build());
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    assertTransparent();
    kprobes.close();
    assertTextIsOriginal();
  }
}
