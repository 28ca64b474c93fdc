package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.toy.ToyOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stack walks find the real return addresses, wherever they start. */
class StackWalkTest extends CallingCodeTest {
  private static final long STACK_END = 0xFFF0;

  /** Main calls "a", which calls "b", which calls "leaf". */
  private void nest(Way way) {
    begin("main").op(ToyOp.ADD, 5).to(ToyOp.CALL, "a").label("inMain").op16(ToyOp.ST, 0x20);
    asm.op(ToyOp.HLT);
    function("a", way).to(ToyOp.CALL, "b").label("inA").op(ToyOp.RET);
    function("b", way).to(ToyOp.CALL, "leaf").label("inB").op(ToyOp.RET);
    function("leaf", way).label("ret").op(ToyOp.RET);
    startFunctions(way);
  }

  /** Functions of this program push nothing: the stack is return addresses and nothing else. */
  private List<Long> walk(long stackPointer) {
    List<Long> found = new ArrayList<>();
    for (long at = stackPointer; at < STACK_END; at += 2) {
      long address = machine.memory().load(at, 2);
      found.add(cpu.originalReturnAddress(address, at).orElseThrow());
    }
    return found;
  }

  private List<Long> tracked() {
    return Arrays.stream(cpu.originalReturnAddresses()).boxed().toList();
  }

  private List<Long> labels(String... names) {
    return Arrays.stream(names).map(asm::at).toList();
  }

  @ParameterizedTest
  @EnumSource
  void walkFromEveryKindOfHandlerFindsTheRealReturnAddresses(Way way) {
    nest(way);
    List<List<Long>> walks = new ArrayList<>();
    List<List<Long>> lists = new ArrayList<>();
    Runnable list = () -> lists.add(tracked());
    for (String function : List.of("a", "leaf", "leaf")) {
      register(
          way,
          returnProbe(function)
              .onEntry(
                  r -> {
                    walks.add(walk(r.stackPointer()));
                    list.run();
                  })
              .returnHandler(
                  (i, r) -> {
                    walks.add(walk(r.stackPointer()));
                    list.run();
                  }));
    }
    Kprobe.Builder pre = Kprobe.at(at(asm.at("ret"))).upTo(Tier.BOOSTED);
    kprobes.register(
        pre.onHit(
                r -> {
                  walks.add(walk(r.stackPointer()));
                  list.run();
                })
            .build());
    assertTransparent();

    List<Long> atLeaf = labels("inB", "inA", "inMain");
    List<Long> behindLeaf = labels("inA", "inMain");
    assertThat(walks)
        .containsExactly(
            labels("inMain"), atLeaf, atLeaf, atLeaf, behindLeaf, behindLeaf, labels());
    assertThat(lists)
        .as("tracked: a, and leaf once although two probes are there")
        .containsExactly(
            labels(),
            labels("inMain"),
            labels("inB", "inMain"),
            labels("inB", "inMain"),
            labels("inMain"),
            labels("inMain"),
            labels());
  }

  @ParameterizedTest
  @EnumSource
  void walkFromOutsideOfHandlersWorksToo(Way way) {
    nest(way);
    for (String function : List.of("a", "b", "leaf")) {
      register(way, returnProbe(function));
    }
    machine.reset(BASE);
    runTo("ret");
    assertThat(walk(machine.stackPointer())).isEqualTo(labels("inB", "inA", "inMain"));
    assertThat(tracked()).isEqualTo(labels("inB", "inA", "inMain"));
    machine.run();

    assertThat(machine.state()).isEqualTo(unprobed);
    assertThat(tracked()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void trampolineAtAnotherPlaceAndOtherCpusAreUnknown(Way way) {
    nest(way);
    register(way, returnProbe("leaf"));
    machine.reset(BASE);
    runTo("ret");
    long trampoline = returnAddressNow();
    long place = machine.stackPointer();

    assertThat(cpu.originalReturnAddress(trampoline, place)).hasValue(asm.at("inB"));
    assertThat(cpu.originalReturnAddress(trampoline, place + 2)).isEmpty();
    assertThat(cpu.originalReturnAddress(0x1234, place)).hasValue(0x1234);
    Cpu other = kprobes.newCpu(machine.memory());
    assertThat(other.originalReturnAddress(trampoline, place)).isEmpty();
    assertThat(other.originalReturnAddresses()).isEmpty();
    machine.run();
  }
}
