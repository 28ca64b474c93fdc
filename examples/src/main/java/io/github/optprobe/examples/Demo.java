package io.github.optprobe.examples;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.emulator.TrapCounts;
import io.github.optprobe.testkit.oracle.ExecutionCounts;
import io.github.optprobe.text.AddressRange;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Runs one function unprobed and then probed at its entry and in its loop, in each tier, and claims
 * about it what it has computed.
 */
final class Demo {
  private static final List<Tier> TIERS = List.of(Tier.SINGLE_STEP, Tier.BOOSTED, Tier.OPTIMIZED);
  private final Subject subject;
  private final EmulatedTarget target;
  private final Claims claims;
  private final PrintStream out;
  private final byte[] original;

  Demo(Subject subject, Claims claims, PrintStream out) {
    this.subject = subject;
    this.target = subject.target();
    this.claims = claims;
    this.out = out;
    this.original = textNow();
  }

  void run() {
    Unprobed unprobed = runUnprobed();
    claims.checkEqual(
        subject.expected(),
        unprobed.result,
        "unprobed, %s returns %s".formatted(subject.entered().name(), subject.expectation()));
    long entry = subject.entered().body().first();
    long inLoop = unprobed.hottestOptimizable();
    for (Tier tier : TIERS) {
      out.println();
      probe(tier, entry, inLoop, unprobed);
    }
    out.println();
    probeReturns(unprobed);
    out.println();
  }

  private void probeReturns(Unprobed unprobed) {
    List<Long> returned = new ArrayList<>();
    String name = subject.entered().name();
    try (Kprobes kprobes = registry()) {
      ReturnProbeHandle<?> probe =
          kprobes.register(
              Kretprobe.at(name).returnHandler((c, r) -> returned.add(c.returnValue(r))).build());
      kprobes.runOptimizer();
      TrapCounts before = target.counts();
      long result = call(kprobes.newCpu(target.data()));
      TrapCounts traps = target.counts().minus(before);
      kprobes.list().forEach(out::println);
      claims.checkEqual(unprobed.result, result, "with a return probe, it returns the same");
      claims.checkEqual(
          List.of(result), returned, "the return handler of %s saw that value".formatted(name));
      claims.checkEqual(1L, probe.returns(), "the return probe saw 1 call");
      claims.checkEqual(0L, traps.traps(), "entry and return cost 0 traps");
    }
    claims.check(Arrays.equals(original, textNow()), "unregistered: the text is the original");
  }

  private void probe(Tier tier, long entry, long inLoop, Unprobed unprobed) {
    List<Long> seen = new ArrayList<>();
    try (Kprobes kprobes = registry()) {
      ProbeHandle atEntry =
          kprobes.register(
              Kprobe.at(subject.at(entry)).upTo(tier).onHit(r -> note(r, seen)).build());
      ProbeHandle looping =
          kprobes.register(Kprobe.at(subject.at(inLoop)).upTo(tier).onHit(r -> {}).build());
      kprobes.runOptimizer();
      Cpu cpu = kprobes.newCpu(target.data());
      TrapCounts before = target.counts();
      long result = call(cpu);
      TrapCounts traps = target.counts().minus(before);
      out.println(looping.picture());
      claims.checkEqual(tier, atEntry.tier().orElseThrow(), "the probe at the entry is " + tier);
      claims.checkEqual(tier, looping.tier().orElseThrow(), "the probe in the loop is " + tier);
      claims.checkEqual(subject.expected(), result, "probed, it returns " + subject.expectation());
      claims.checkEqual(
          subject.argumentsInRegisters(),
          seen,
          "the handler at the entry saw the arguments " + hex(seen));
      claims.checkEqual(unprobed.executions(entry), atEntry.hits(), hits("entry", atEntry.hits()));
      claims.checkEqual(unprobed.executions(inLoop), looping.hits(), hits("loop", looping.hits()));
      cost(tier, cpu, unprobed, traps, atEntry.hits() + looping.hits());
      atEntry.close();
      looping.close();
      claims.checkEqual(0, kprobes.liveSlots(), "unregistered: no slot is left");
    }
    boolean restored = Arrays.equals(original, textNow());
    claims.check(
        restored,
        "unregistered: all %d bytes of %d functions are the original"
            .formatted(original.length, subject.image().functions().size()));
  }

  private static String hits(String where, long hits) {
    return "the probe at the %s was hit %d %s, as often as it is executed"
        .formatted(where, hits, hits == 1 ? "time" : "times");
  }

  /** Traces a second run, because tracing changes what the emulator does between instructions. */
  private void cost(Tier tier, Cpu cpu, Unprobed unprobed, TrapCounts traps, long hits) {
    long executed = traced(cpu).size();
    double instructions = (double) (executed - unprobed.instructions) / hits;
    double perHit = (double) traps.traps() / hits;
    long wanted = tier == Tier.OPTIMIZED ? 0 : tier == Tier.BOOSTED ? 1 : 2;
    claims.check(
        perHit == wanted,
        "%s costs %.0f traps and %.1f more instructions a hit"
            .formatted(tier, perHit, instructions));
  }

  private Unprobed runUnprobed() {
    try (Kprobes kprobes = registry()) {
      Cpu cpu = kprobes.newCpu(target.data());
      long result = call(cpu);
      return new Unprobed(kprobes, result, traced(cpu));
    }
  }

  private Kprobes registry() {
    return Kprobes.builder(target.text())
        .codeMap(subject.image().codeMap())
        .symbols(subject.image().symbols())
        .gate(target.gate())
        .build();
  }

  private long call(Cpu cpu) {
    return target.run(subject.entryPointer(), cpu, subject.argumentArray());
  }

  private Trace traced(Cpu cpu) {
    try (Trace trace = target.trace()) {
      call(cpu);
      return trace;
    }
  }

  private void note(Registers registers, List<Long> seen) {
    int inRegisters = subject.argumentsInRegisters().size();
    subject.argumentRegisters().stream()
        .limit(inRegisters)
        .forEach(register -> seen.add(registers.get(register)));
  }

  /** The code of all functions that the library's symbols tell of. */
  private byte[] textNow() {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (CodeMap.Function function : subject.image().functions()) {
      AddressRange body = function.body();
      code.writeBytes(target.readBytes(body.first(), (int) body.length()));
    }
    return code.toByteArray();
  }

  private static String hex(List<Long> values) {
    return values.stream().map("0x%x"::formatted).toList().toString();
  }

  /** What the unprobed run did. */
  private final class Unprobed {
    private final long result;
    private final long instructions;
    private final ExecutionCounts executions;
    private final long hottest;

    Unprobed(Kprobes kprobes, long result, Trace trace) {
      this.result = result;
      this.instructions = trace.size();
      this.executions = ExecutionCounts.of(trace);
      this.hottest = hottest(kprobes);
    }

    long executions(long address) {
      return executions.count(address);
    }

    long hottestOptimizable() {
      return hottest;
    }

    private long hottest(Kprobes kprobes) {
      return Arrays.stream(executions.addresses())
          .boxed()
          .filter(subject.looping().body()::contains)
          .filter(address -> address != subject.looping().body().first())
          .sorted(Comparator.comparing(this::executions).reversed().thenComparing(a -> a))
          .filter(address -> isOptimizable(kprobes, address))
          .findFirst()
          .orElseThrow();
    }

    private boolean isOptimizable(Kprobes kprobes, long address) {
      Explanation explanation = kprobes.explain(subject.at(address));
      return subject.isUnconditional(address)
          && TIERS.stream().allMatch(tier -> explanation.verdict(tier).isAccepted());
    }
  }
}
