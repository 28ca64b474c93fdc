package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyAsm;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.util.ArrayList;
import java.util.List;

/** Functions that call each other, with return probes in every tier and on both trampolines. */
abstract class CallingCodeTest extends ToyTest {
  /** Functions by name, in the order in which they stand in the text. */
  private final List<String> functions = new ArrayList<>();

  /** How the library comes to know of an entry and of a return. */
  enum Way {
    STEPPED_AND_TRAPPED(Tier.SINGLE_STEP, false),
    BOOSTED_AND_TRAPPED(Tier.BOOSTED, false),
    EMULATED_AND_TRAPPED(Tier.EMULATED, false),
    OPTIMIZED_AND_TRAPPED(Tier.OPTIMIZED, false),
    STEPPED_AND_GATED(Tier.SINGLE_STEP, true),
    BOOSTED_AND_GATED(Tier.BOOSTED, true),
    EMULATED_AND_GATED(Tier.EMULATED, true),
    OPTIMIZED_AND_GATED(Tier.OPTIMIZED, true);

    private final Tier tier;
    private final boolean gated;

    Way(Tier tier, boolean gated) {
      this.tier = tier;
      this.gated = gated;
    }

    Tier tier() {
      return tier;
    }

    boolean isGated() {
      return gated;
    }
  }

  /** Begins a function; its first instructions add 1 to x and can be probed in the way's tier. */
  final ToyAsm function(String name, Way way) {
    begin(name);
    return way.tier() == Tier.EMULATED
        ? asm.op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.ADD, 0)
        : asm.op(ToyOp.ADDW, 0, 0, 1);
  }

  /** Begins a function without an instruction. */
  final ToyAsm begin(String name) {
    functions.add(name);
    return asm.label(name);
  }

  /** Two calls of f, whose result 5 + 3 is stored, then 8 + 3. */
  final void twoCallsOfOneFunction(Way way) {
    begin("main")
        .op(ToyOp.ADD, 5)
        .to(ToyOp.CALL, "f")
        .label("back1")
        .op16(ToyOp.ST, 0x20)
        .to(ToyOp.CALL, "f")
        .label("back2")
        .op16(ToyOp.ST, 0x22)
        .op(ToyOp.HLT);
    function("f", way).op(ToyOp.ADD, 3).label("ret").op(ToyOp.RET);
    startFunctions(way);
  }

  /** Main calls "down" with a = depth, which calls itself until a is 0, and returns its a. */
  final void recursion(Way way, int depth) {
    begin("main")
        .op(ToyOp.ADD, depth)
        .to(ToyOp.CALL, "down")
        .label("back")
        .op16(ToyOp.ST, 0x20)
        .op(ToyOp.HLT);
    function("down", way)
        .to(ToyOp.BNZ, "more")
        .label("bottom")
        .op(ToyOp.RET)
        .label("more")
        .op(ToyOp.ADDW, 0xFF, 0xFF, 0)
        .to(ToyOp.CALL, "down")
        .label("inner")
        .op(ToyOp.ADD, 1)
        .op(ToyOp.RET);
    startFunctions(way);
  }

  /** Starts what was assembled, with its functions known. */
  final void startFunctions(Way way) {
    if (way.isGated()) {
      architecture.withGateTrampolines();
    }
    start(builder -> builder.codeMap(CodeMap.of(knownFunctions())));
  }

  final List<CodeMap.Function> knownFunctions() {
    List<CodeMap.Function> known = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      long first = asm.at(functions.get(i));
      long behind = i + 1 < functions.size() ? asm.at(functions.get(i + 1)) : asm.here();
      known.add(new CodeMap.Function(functions.get(i), new AddressRange(first, behind - 1)));
    }
    return known;
  }

  static Kretprobe.Builder<Kretprobe.NoData> returnProbe(long function) {
    return Kretprobe.at(at(function));
  }

  final Kretprobe.Builder<Kretprobe.NoData> returnProbe(String function) {
    return returnProbe(asm.at(function));
  }

  /** Registers a return probe and demands the tier of the way. */
  final <D> ReturnProbeHandle<D> register(Way way, Kretprobe.Builder<D> builder) {
    ReturnProbeHandle<D> handle = kprobes.register(builder.upTo(way.tier()).build());
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(way.tier());
    return handle;
  }

  final void runTo(String label) {
    runTo(machine, label);
  }

  final void runTo(ToyMachine cpu, String label) {
    assertThat(cpu.runUntil(pc -> pc == asm.at(label))).as("comes to %s", label).isTrue();
  }

  /** The return address of the function in which the machine stands, with nothing pushed. */
  final long returnAddressNow() {
    return machine.memory().load(machine.stackPointer(), 2);
  }

  static void assertNothingTracked(ReturnProbeHandle<?>... handles) {
    for (ReturnProbeHandle<?> handle : handles) {
      assertThat(handle.active()).as("tracked by %s", handle).isZero();
    }
  }
}
