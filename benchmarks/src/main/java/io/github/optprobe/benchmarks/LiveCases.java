package io.github.optprobe.benchmarks;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.Probe;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Condition;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.Filtered;
import io.github.optprobe.live.Histogram;
import io.github.optprobe.live.Operand;
import io.github.optprobe.live.Recorder;
import io.github.optprobe.x86.X86_64;
import java.util.List;
import java.util.stream.LongStream;

/** Calls of one tiny exported function, without a probe and with each kind of probe. */
final class LiveCases {
  private static final int RING = 1 << 15;

  /** How many calls a batch may have, and a tenth more before, so that no sample is dropped. */
  private static final int MOST_RECORDED = RING * 8 / 10;

  private static final String LIBRARY = "libz.so.1";
  private static final String FUNCTION = "compressBound";
  private static final int FARTHEST = 15;
  private static final PreHandler NOTHING = (probe, registers) -> HandlerOutcome.CONTINUE;

  /** Kept: JNA unloads a library that nobody knows any more. */
  @SuppressWarnings("unused")
  private final NativeLibrary kept = NativeLibrary.getInstance(LIBRARY);

  private final long entry;
  private final CallLoop loop;
  private final Recorder recorder =
      Recorder.of(RING, Operand.register("rdi"), Operand.register("rsi"));

  final LiveCase plain;
  final LiveCase count;
  final LiveCase histogram;
  final LiveCase record;
  final LiveCase filter;
  final LiveCase javaAtEntry;
  final LiveCase javaInside;
  final LiveCase returnProbe;
  final LiveCase boostedCount;
  final LiveCase boostedJava;
  final LiveCase singleStep;
  final LiveCase systemCall;

  LiveCases(Kprobes kprobes) {
    entry = kprobes.resolve(new SymbolOffset(LIBRARY, FUNCTION, 0)).value();
    loop = new CallLoop(entry);
    long inside = firstInside(kprobes);
    Operand argument = Operand.register("rdi");
    plain = LiveCase.plain("*baseline:* the call alone", loop::calls);
    count = jump("optimized, count", Counter.create());
    histogram = jump("optimized, histogram of a register", Histogram.of(argument));
    record =
        jump("optimized, record of two registers and the time", recorder)
            .inBatches(MOST_RECORDED, this::drain);
    filter =
        jump(
            "optimized, filter that rejects, in front of a handler in Java",
            Filtered.when(Condition.equalTo(argument, -1), NOTHING));
    javaAtEntry = jump("optimized, handler in Java that does nothing", NOTHING);
    javaInside =
        probed(
            "the same, %d bytes behind the entry".formatted(inside - entry),
            Kprobe.at(X86_64.at(inside)).preHandler(NOTHING).build(),
            Tier.OPTIMIZED);
    returnProbe =
        probed(
            "optimized, return probe with a handler in Java",
            Kretprobe.at(X86_64.at(entry)).returnHandler((call, registers) -> {}).build(),
            Tier.OPTIMIZED);
    boostedCount = trap("boosted, count", Counter.create(), Tier.BOOSTED);
    boostedJava = trap("boosted, handler in Java", NOTHING, Tier.BOOSTED);
    singleStep = trap("single-stepped, handler in Java", NOTHING, Tier.SINGLE_STEP);
    systemCall = LiveCase.plain("*for scale:* a `getppid` system call", loop::systemCalls);
  }

  /** All of them, the call alone first. */
  List<LiveCase> all() {
    return List.of(
        plain,
        count,
        histogram,
        record,
        filter,
        javaAtEntry,
        javaInside,
        returnProbe,
        boostedCount,
        boostedJava,
        singleStep,
        systemCall);
  }

  /** What is called. */
  String function() {
    return LIBRARY + "!" + FUNCTION;
  }

  private long firstInside(Kprobes kprobes) {
    return LongStream.rangeClosed(entry + 1, entry + FARTHEST)
        .filter(at -> kprobes.explain(X86_64.at(at)).verdict(Tier.OPTIMIZED).isAccepted())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no jump fits behind the entry"));
  }

  private LiveCase jump(String name, PreHandler handler) {
    return trap(name, handler, Tier.OPTIMIZED);
  }

  private LiveCase trap(String name, PreHandler handler, Tier tier) {
    return probed(name, Kprobe.at(X86_64.at(entry)).preHandler(handler).upTo(tier).build(), tier);
  }

  private LiveCase probed(String name, Probe probe, Tier tier) {
    return LiveCase.probed(name, loop::calls, probe, tier);
  }

  /** Java reads what a batch left; what is dropped was not recorded, and is no measure of that. */
  private void drain() {
    recorder.drain(sample -> {});
    if (recorder.dropped() != 0) {
      throw new IllegalStateException(recorder.dropped() + " samples were dropped");
    }
  }
}
