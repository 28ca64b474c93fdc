package io.github.optprobe;

import static io.github.optprobe.Tier.BOOSTED;
import static io.github.optprobe.Tier.OPTIMIZED;
import static io.github.optprobe.Tier.SINGLE_STEP;
import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every refusal is provoked from outside, and says what, where, why and what to do. */
class RefusalTest extends RefusingTest {
  @Test
  void noArchitecture() {
    asm.op(ToyOp.HLT);
    begin(builder -> builder);
    CodeAddress unknown = new CodeAddress(BASE, new InstructionSet("x86-64", 64, 1));

    Refusal refusal = refusedRegistration(Kprobe.at(unknown).build());
    assertThat(refusal.code()).isEqualTo("NO_ARCHITECTURE");
    assertThat(refusal.rule()).contains("x86-64").contains("[toy]");
    assertThat(
            catchThrowableOfType(RefusedException.class, () -> kprobes.explain(unknown)).refusal())
        .isEqualTo(refusal);
  }

  @Test
  void misaligned() {
    InstructionSet even = new InstructionSet("toy-even", 16, 2);
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.architecture(new ToyArchitecture(even)));

    Refusal refusal = refused(new CodeAddress(BASE + 1, even));
    assertThat(refusal.code()).isEqualTo("MISALIGNED");
    assertThat(refusal.rule()).contains("2 bytes");
  }

  @Test
  void unmapped() {
    asm.op(ToyOp.HLT);
    begin(builder -> builder);

    assertThat(refused(0x20).code()).isEqualTo("UNMAPPED");
  }

  @Test
  void truncated() {
    asm.op(ToyOp.NOP).raw(0x07);
    begin(Kprobes.Builder::trustBoundaries);
    // The last byte is the opcode of JMP, whose operand would lie behind the text.
    assertThat(refused(BASE + 1).code()).isEqualTo("TRUNCATED");
  }

  @Test
  void undecodable() {
    asm.op(ToyOp.NOP).raw(0xEE).op(ToyOp.HLT);
    begin(builder -> builder);

    Refusal refusal = refused(BASE + 1);
    assertThat(refusal.code()).isEqualTo("UNDECODABLE");
    assertThat(refusal.culprit()).hasToString("0x4001  ee  (bad)");
  }

  @Test
  void outsideKnownCode() {
    asm.op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.codeMap(CodeMap.empty()));

    assertThat(refused(BASE).code()).isEqualTo("OUTSIDE_KNOWN_CODE");
  }

  @Test
  void outsideKnownCodeForTheWindowOnly() {
    asm.op(ToyOp.NOP).op(ToyOp.ADD, 1).op16(ToyOp.LD, 0).op(ToyOp.HLT);
    begin(builder -> builder.codeMap(CodeMap.empty()).trustBoundaries());

    assertThat(slow(BASE).code()).isEqualTo("OUTSIDE_KNOWN_CODE");
    assertThat(slow(BASE + 3).code())
        .as("a branch may lead into a single instruction too, behind a prefix")
        .isEqualTo("OUTSIDE_KNOWN_CODE");
  }

  @Test
  void notABoundary() {
    asm.op(ToyOp.NOP).op16(ToyOp.LD, 0x0101).op(ToyOp.HLT);
    begin(builder -> builder);

    Refusal refusal = refused(BASE + 3);
    assertThat(refusal.code()).isEqualTo("NOT_A_BOUNDARY");
    assertThat(refusal.advice()).contains("0x4001");
  }

  @Test
  void ownCode() {
    asm.op16(ToyOp.LD, 0).op(ToyOp.HLT);
    begin(Kprobes.Builder::trustBoundaries);
    ProbeHandle handle = optimized(BASE);

    assertThat(refused(jumpTarget(BASE)).code()).isEqualTo("OWN_CODE");
    handle.close();
  }

  @Test
  void ownGate() {
    asm.op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.trustBoundaries().gate(BASE + 1));

    assertThat(refused(BASE + 1).code()).isEqualTo("OWN_CODE");
  }

  @Test
  void overlapsProbedInstructionBothWays() {
    asm.op16(ToyOp.LD, 0x0101).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(Kprobes.Builder::trustBoundaries);

    for (long[] pair : new long[][] {{BASE, BASE + 1}, {BASE + 1, BASE}, {BASE + 2, BASE}}) {
      ProbeHandle first = probe(pair[0]);
      Refusal refusal = refused(pair[1]);
      assertThat(refusal.code()).isEqualTo("OVERLAPS_PROBED_INSTRUCTION");
      assertThat(refusal.rule()).contains("0x%x".formatted(pair[0]));
      assertThat(refusal.culprit().bytes()).as("original bytes").doesNotContain("cc");
      first.close();
    }
  }

  @Test
  void overlapsTheSameAddressInAnotherInstructionSet() {
    InstructionSet other = new InstructionSet("toy-other", 16, 1);
    asm.op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.architecture(new ToyArchitecture(other)));
    ProbeHandle handle = probe(BASE);

    assertThat(refused(new CodeAddress(BASE, other)).code())
        .isEqualTo("OVERLAPS_PROBED_INSTRUCTION");
    handle.close();
  }

  @Test
  void foreignBreakpoint() {
    asm.op(ToyOp.NOP).raw(0xCC).op(ToyOp.HLT);
    begin(builder -> builder);

    assertThat(refused(BASE + 1).code()).isEqualTo("FOREIGN_BREAKPOINT");
    assertThat(slow(BASE).code()).isEqualTo("FOREIGN_BREAKPOINT");
  }

  @Test
  void unmovable() {
    asm.op(ToyOp.TRAP).op(ToyOp.NOP).op16(ToyOp.XPC, 0).op(ToyOp.HLT);
    begin(builder -> builder);

    assertThat(refused(BASE).code()).isEqualTo("TOY_UNMOVABLE");
    assertThat(slow(BASE + 1).code()).isEqualTo("TOY_UNMOVABLE");
  }

  @Test
  void outOfReach() {
    asm.op(ToyOp.FAR).op(ToyOp.HLT);
    begin(builder -> builder);

    assertThat(refused(BASE).code()).isEqualTo("OUT_OF_REACH");
  }

  @Test
  void tierNotOffered() {
    asm.op(ToyOp.TXA).op(ToyOp.TAX).op(ToyOp.HLT);
    begin(builder -> builder);

    Refusal refusal =
        refusedRegistration(Kprobe.at(at(BASE)).postHandler((probe, registers) -> {}).build());
    assertThat(refusal.code()).isEqualTo("TIER_NOT_OFFERED");
    assertThat(kprobes.liveSlots()).isZero();
    Explanation explanation = kprobes.explain(at(BASE));
    assertThat(explanation.verdict(BOOSTED).isAccepted()).isTrue();
    assertThat(complete(explanation.verdict(SINGLE_STEP).refusal().orElseThrow()).code())
        .isEqualTo("TIER_NOT_OFFERED");
  }

  @Test
  void tierNotOfferedLeavesTheOthersAtTheAddressAlone() {
    asm.op(ToyOp.TXA).op(ToyOp.ADD, 1).op(ToyOp.HLT);
    begin(builder -> builder);
    ProbeHandle handle = optimized(BASE);

    refusedRegistration(Kprobe.at(at(BASE)).postHandler((probe, registers) -> {}).build());
    assertThat(handle.tier()).contains(OPTIMIZED);
    handle.close();
  }

  @Test
  void noMemoryInReach() {
    asm.op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder);
    // Everything but the page of the text.
    while (text.allocate(4096, AddressRange.ofLength(0, 0x10000)).isPresent()) {}
    Refusal refusal = refused(BASE);
    assertThat(refusal.code()).isEqualTo("NO_MEMORY_IN_REACH");
    for (long page = 0x1000; page < 0x10000; page += 0x1000) {
      if (page != BASE) {
        text.free(page);
      }
    }
  }

  @Test
  void windowLeavesFunction() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder.codeMap(function(AddressRange.ofLength(BASE, 2))));

    Refusal refusal = slow(BASE);
    assertThat(refusal.code()).isEqualTo("WINDOW_LEAVES_FUNCTION");
    assertThat(refusal.rule()).contains("2 bytes").contains("toy");
  }

  private static CodeMap function(AddressRange body, AddressRange... mayBranchIn) {
    return CodeMap.of(new CodeMap.Function("toy", body, List.of(mayBranchIn)));
  }

  @Test
  void branchIntoWindow() {
    asm.op(ToyOp.NOP)
        .label("inside")
        .op(ToyOp.NOP)
        .op(ToyOp.NOP)
        .to(ToyOp.BNZ, "inside")
        .op(ToyOp.HLT);
    begin(builder -> builder);

    Refusal refusal = slow(BASE);
    assertThat(refusal.code()).isEqualTo("BRANCH_INTO_WINDOW");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 3);
    assertThat(refusal.advice()).contains("0x4001");
    ProbeHandle where = optimized(BASE + 1);
    where.close();
  }

  @Test
  void branchIntoWindowFromElsewhere() {
    asm.op(ToyOp.NOP)
        .label("inside")
        .op(ToyOp.NOP)
        .op(ToyOp.NOP)
        .op(ToyOp.HLT)
        .to(ToyOp.JMP, "inside");
    AddressRange body = AddressRange.ofLength(BASE, 4);
    AddressRange cold = AddressRange.ofLength(BASE + 4, 3);
    begin(builder -> builder.codeMap(function(body, cold)));

    assertThat(slow(BASE).code()).isEqualTo("BRANCH_INTO_WINDOW");
  }

  @Test
  void branchWithinTheWindowIsNoObstacle() {
    asm.to(ToyOp.BNZ, "inside").label("inside").op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder);

    optimized(BASE).close();
  }

  @Test
  void indirectJump() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op16(ToyOp.LD, 0).op(ToyOp.JX);
    begin(builder -> builder);

    Refusal refusal = slow(BASE);
    assertThat(refusal.code()).isEqualTo("INDIRECT_JUMP");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 6);
    optimized(BASE + 3).close();
  }

  @Test
  void landingInWindow() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    AddressRange body = AddressRange.ofLength(BASE, 5);
    CodeMap.Function entered =
        new CodeMap.Function("f", body, List.of(), Landings.at(List.of(BASE + 1)));
    begin(builder -> builder.codeMap(CodeMap.of(entered)));

    Refusal refusal = slow(BASE);
    assertThat(refusal.code()).isEqualTo("LANDING_IN_WINDOW");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 1);
    assertThat(refusal.message()).contains("f may be entered");
    optimized(BASE + 1).close();
  }

  @Test
  void functionUndecodableBeforeTheAddress() {
    asm.op(ToyOp.NOP).raw(0xEE).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder);

    Refusal refusal = refused(BASE + 2);
    assertThat(refusal.code()).isEqualTo("FUNCTION_UNDECODABLE");
    assertThat(refusal.culprit().address().value()).isEqualTo(BASE + 1);
  }

  @Test
  void functionUndecodableBehindTheWindow() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT).raw(0xEE);
    begin(builder -> builder);

    assertThat(slow(BASE).code()).isEqualTo("FUNCTION_UNDECODABLE");
  }

  @Test
  void probeInWindow() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder);
    ProbeHandle inner = probe(BASE + 2);

    Refusal refusal = slow(BASE);
    assertThat(refusal.code()).isEqualTo("PROBE_IN_WINDOW");
    assertThat(refusal.culprit()).hasToString("0x4002  01  nop");
    inner.close();
  }

  @Test
  void notPermitted() {
    asm.op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.HLT);
    begin(builder -> builder);
    ProbeHandle low = probe(BASE, SINGLE_STEP);
    ProbeHandle post = kprobes.register(Kprobe.at(at(BASE + 1)).postHandler((p, r) -> {}).build());

    assertThat(complete(low.whyNotOptimized().orElseThrow()).rule()).contains("SINGLE_STEP");
    assertThat(complete(post.whyNotOptimized().orElseThrow()).rule()).contains("post-handler");
    low.close();
    post.close();
  }

  @Test
  void noGate() {
    asm.op16(ToyOp.LD, 0).op(ToyOp.HLT);
    load(builder -> builder.architecture(new ToyArchitecture()).trustBoundaries());

    assertThat(slow(BASE).code()).isEqualTo("NO_GATE");
  }

  /** A registry without the defaults. */
  private void load(UnaryOperator<Kprobes.Builder> settings) {
    start();
    kprobes.close();
    kprobes = settings.apply(Kprobes.builder(faulty)).build();
    noteText();
  }

  @Test
  void storeFailed() {
    asm.op16(ToyOp.LD, 0).op(ToyOp.HLT);
    begin(builder -> builder);
    ProbeHandle handle = probe(BASE);
    faulty.failAfter(0, false);
    assertThat(kprobes.runOptimizer()).isEqualTo(new OptimizerPass(0, 0, 0, 1, 0));

    Refusal refusal = complete(handle.whyNotOptimized().orElseThrow());
    assertThat(refusal.code()).isEqualTo("STORE_FAILED");
    assertThat(refusal.rule()).contains("injected");
    assertThat(events).containsExactly("optimizeFailed 4000");
    assertThat(kprobes.runOptimizer().optimized()).isZero();
    handle.disable();
    handle.enable();
    assertThat(kprobes.runOptimizer().optimized()).as("as the advice says").isEqualTo(1);
    handle.close();
  }

  @Test
  void everyKindOfRefusalHasATestHereOrInPlaceRefusalTest() {
    Set<String> tests =
        Stream.of(RefusalTest.class, PlaceRefusalTest.class)
            .flatMap(each -> Stream.of(each.getDeclaredMethods()))
            .map(method -> method.getName().toLowerCase(ROOT))
            .collect(Collectors.toSet());
    List<String> kinds = kinds(Refusal.class).toList();

    assertThat(kinds).contains("NotABoundary", "Reserved").hasSize(30);
    assertThat(kinds)
        .allSatisfy(
            kind -> assertThat(tests).anyMatch(test -> test.startsWith(kind.toLowerCase(ROOT))));
  }

  @Test
  void everyKindOfRefusalIsInTheTableOfReasons() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "refusals.md"));
    // What can not be moved has the architecture's own codes.
    kinds(Refusal.class)
        .filter(kind -> !kind.equals("Unmovable"))
        .map(kind -> kind.replaceAll("(?<!^)([A-Z])", "_$1").toUpperCase(ROOT))
        .forEach(code -> assertThat(page).contains("| `" + code + "` |"));
  }

  private static Stream<String> kinds(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(RefusalTest::kinds)
        : Stream.of(type.getSimpleName());
  }

  @Test
  void addressesAtTheTopOfTheAddressSpace() {
    asm.op(ToyOp.HLT);
    begin(builder -> builder);
    ByteArrayText top = ByteArrayText.at(0xFFFE, new byte[] {1, 7});
    try (Kprobes there =
        Kprobes.builder(top)
            .architecture(new ToyArchitecture())
            .trustBoundaries()
            .gate(ToyMachine.GATE)
            .build()) {
      ProbeHandle handle = there.register(Kprobe.at(at(0xFFFE)).build());
      assertThat(handle.whyNotOptimized().orElseThrow().code()).isEqualTo("TRUNCATED");
      assertThat(handle.picture().toString()).isNotBlank();
    }
  }
}
