package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Resume;
import io.github.optprobe.Tier;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a hit costs in the library, without trap, emulator or machine: the target's call and all
 * that happens in it. The baseline is {@link #handlerAlone}. No hit may allocate: run it with
 * {@code -prof gc}; {@link #notOurs} does, because it reads the text.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HitBenchmark {
  private static final long GATE = 0x10_0000L;
  private static final long BASE = 0x40_0000L;
  private static final long STACK = ArrayCpu.MEMORY + 0x1000;
  private static final byte NOP = (byte) 0x90;
  private static final byte INT3 = (byte) 0xCC;

  // One place for each kind of hit, far enough apart for windows.
  private static final long BOOSTED = BASE;
  private static final long STEPPED = BASE + 0x20;
  private static final long OPTIMIZED = BASE + 0x40;
  private static final long FOUR = BASE + 0x60;
  private static final long NESTING = BASE + 0xA0;
  private static final long MISSED = BASE + 0xC0;
  private static final long FUNCTION = BASE + 0xE0;
  private static final long FOREIGN = BASE + 0x100;
  private static final long LEAVING = BASE + 0x80;

  private final X86_64 architecture = new X86_64();
  private final ArrayCpu machine = new ArrayCpu(architecture.registers());
  private final ArrayCpu nested = new ArrayCpu(architecture.registers());
  private final int stackPointer = machine.file().stackPointer();
  private final int rdi = machine.file().indexOf("rdi");
  private final int rsi = machine.file().indexOf("rsi");
  private final Kprobe kprobe = kprobe(BOOSTED, Tier.BOOSTED);
  private final PreHandler handler = kprobe.preHandler().orElseThrow();
  private final Kprobes kprobes =
      Kprobes.builder(text())
          .architecture(architecture)
          .trustBoundaries()
          .codeMap(CodeMap.of(function(BASE, FUNCTION), function(FUNCTION, FOREIGN)))
          .gate(GATE)
          .lazyUnoptimize()
          .build();
  private final Cpu cpu = kprobes.newCpu(machine);
  private long copyEnd;
  private long count;

  private static ByteArrayText text() {
    byte[] code = new byte[0x200];
    Arrays.fill(code, NOP);
    code[(int) (FOREIGN - BASE)] = INT3;
    return ByteArrayText.at(BASE, code);
  }

  private static CodeMap.Function function(long first, long behind) {
    return new CodeMap.Function("at %x".formatted(first), new AddressRange(first, behind - 1));
  }

  private Kprobe kprobe(long address, Tier tier) {
    return Kprobe.at(X86_64.at(address))
        .upTo(tier)
        .preHandler(
            (probe, registers) -> {
              count++;
              return HandlerOutcome.CONTINUE;
            })
        .build();
  }

  /** Registers all probes. */
  @Setup
  public void register() {
    kprobes.register(kprobe);
    Kprobe.Builder post = Kprobe.at(X86_64.at(STEPPED));
    kprobes.register(post.postHandler((probe, registers) -> count++).build());
    kprobes.register(kprobe(OPTIMIZED, Tier.OPTIMIZED));
    List<Probe> four = Collections.nCopies(4, kprobe(FOUR, Tier.BOOSTED));
    kprobes.registerAll(four);
    kprobes.register(
        Kretprobe.at(X86_64.at(FUNCTION))
            .upTo(Tier.BOOSTED)
            .returnHandler((instance, registers) -> count++)
            .build());
    kprobes.register(kprobe(MISSED, Tier.BOOSTED));
    Kprobe.Builder nesting = Kprobe.at(X86_64.at(NESTING)).upTo(Tier.BOOSTED);
    kprobes.register(nesting.onHit(registers -> hitNested()).build());
    ProbeHandle leaving = kprobes.register(kprobe(LEAVING, Tier.OPTIMIZED));
    if (kprobes.runOptimizer().optimized() != 2) {
      throw new IllegalStateException("not optimized");
    }
    leaving.close();
    trap(STEPPED, Resume.STEP);
    copyEnd = machine.programCounter() + 1;
    machine.setProgramCounter(copyEnd);
    cpu.stepped(machine);
  }

  private void hitNested() {
    nested.setProgramCounter(MISSED);
    cpu.breakpoint(nested);
  }

  private void trap(long address, Resume expected) {
    machine.setProgramCounter(address);
    if (cpu.breakpoint(machine) != expected) {
      throw new IllegalStateException("hit at 0x%x".formatted(address));
    }
  }

  private void gate(long address) {
    machine.set(rdi, address);
    machine.set(rsi, STACK);
    machine.set(stackPointer, STACK - 8);
    machine.setProgramCounter(GATE);
    cpu.gate(machine);
  }

  /** Baseline: calling the handler through its interface. */
  @Benchmark
  public HandlerOutcome handlerAlone() {
    machine.setProgramCounter(BOOSTED);
    return handler.handle(kprobe, machine);
  }

  /** A trap at a probe whose copy runs on by itself. */
  @Benchmark
  public void boosted() {
    trap(BOOSTED, Resume.CONTINUE);
  }

  /** A trap at a probe whose copy is stepped, and the step's end with a post-handler. */
  @Benchmark
  public void singleStepped() {
    trap(STEPPED, Resume.STEP);
    machine.setProgramCounter(copyEnd);
    cpu.stepped(machine);
  }

  /** The gate's call from a detour buffer. */
  @Benchmark
  public void optimized() {
    gate(OPTIMIZED);
  }

  /** A trap where four probes share the address. */
  @Benchmark
  public void fourAtOneAddress() {
    trap(FOUR, Resume.CONTINUE);
  }

  /** The gate's call from the buffer of a probe that is gone, its jump not yet taken out. */
  @Benchmark
  public void leavingLazily() {
    gate(LEAVING);
  }

  /**
   * A trap whose handler hits another probe, which is counted as missed: two traps, one handler.
   */
  @Benchmark
  public void missedInAHandler() {
    trap(NESTING, Resume.CONTINUE);
  }

  /** Entry and return of a call that a return probe tracks: two traps, one handler. */
  @Benchmark
  public void trackedCall() {
    machine.set(stackPointer, STACK);
    machine.store(STACK, Long.BYTES, BASE);
    trap(FUNCTION, Resume.CONTINUE);
    machine.set(stackPointer, STACK + Long.BYTES);
    trap(machine.load(STACK, Long.BYTES), Resume.CONTINUE);
  }

  /** A trap at somebody else's breakpoint. */
  @Benchmark
  public void notOurs() {
    trap(FOREIGN, Resume.NOT_OURS);
  }
}
