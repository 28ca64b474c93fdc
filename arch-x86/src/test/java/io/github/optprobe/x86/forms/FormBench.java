package io.github.optprobe.x86.forms;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.Stop;
import io.github.optprobe.testkit.traced.TracedTarget;
import io.github.optprobe.testkit.traced.VectorState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextException;
import io.github.optprobe.x86.X86_64;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs one instruction at a time on the host's CPU, unprobed and probed in each tier that accepts
 * it, from the same start states, and tells what differed. The instruction stands at the start of a
 * function, NOPs behind it for a window; all else that is executable is breakpoints.
 */
final class FormBench implements AutoCloseable {
  static final long CODE = 0x4000_0000L;
  static final long LANDING = 0x4100_0000L;
  static final long MIDDLE = 0x5000_1800L;
  static final int DATA_BYTES = 0x3000;
  static final long STACK_POINTER = 0x5100_0800L;
  static final int STACK_BYTES = 0x400;

  /** Where short branches lead, counted from the next instruction. */
  static final int NEAR_LANDING = 0x40;

  private static final long DATA = MIDDLE - DATA_BYTES / 2;
  private static final AddressRange DATA_PAGES = AddressRange.ofLength(DATA, DATA_BYTES);
  private static final AddressRange STACK_PAGE = AddressRange.ofLength(STACK_POINTER & -4096, 4096);

  /** Bytes below the stack pointer that are compared. */
  static final int RED_ZONE = 128;

  private static final int NOPS = 16;
  private static final int SIGILL = 4;
  private static final int SIGFPE = 8;
  private static final int SYS_SCHED_SETAFFINITY = 203;

  private final X86_64 architecture = new X86_64();
  private final TracedTarget target = TracedTarget.of(architecture);
  private final List<StartState> starts = new ArrayList<>();
  private final byte[] page = new byte[4096];
  private final ByteBuffer data;
  private final ByteBuffer stack;
  private long cases;

  FormBench(int states) {
    target.map(AddressRange.ofLength(CODE, 4096), Protection.READ_EXECUTE);
    Arrays.fill(page, (byte) 0xcc);
    target.map(LANDING, page.clone(), Protection.READ_EXECUTE);
    target.map(DATA_PAGES, Protection.READ_WRITE);
    target.map(STACK_PAGE, Protection.READ_WRITE);
    data = target.machine().memory(DATA_PAGES);
    stack = target.machine().memory(AddressRange.ofLength(STACK_POINTER - RED_ZONE, STACK_BYTES));
    stayOnOneCpu();
    for (int i = 0; i < states; i++) {
      starts.add(new StartState(i, target.machine().registers(), target.machine().vectors()));
    }
  }

  /** How many single runs have been compared. */
  long cases() {
    return cases;
  }

  /** Runs a form in every way and tells. */
  void run(Form form, FormTally tally) {
    target.call(
        () -> {
          runHere(form, tally);
          return true;
        });
  }

  private void runHere(Form form, FormTally tally) {
    writeCode(form);
    try (Kprobes kprobes = registry(form)) {
      Cpu cpu = kprobes.newCpu(new WritableOnly(target.data(), DATA_PAGES, STACK_PAGE));
      List<EndState> unprobed = null;
      for (Tier tier : Tier.values()) {
        try (ProbeHandle probe = register(kprobes, tier)) {
          kprobes.runOptimizer();
          if (!probe.tier().equals(Optional.of(tier))) {
            tally.refused(form, tier, whyNot(probe, tier));
            continue;
          }
          // Only what some tier accepts is run at all: the rest might do anything.
          probe.disable();
          unprobed = unprobed == null ? runAll(cpu) : unprobed;
          probe.enable();
          kprobes.runOptimizer();
          compare(form, tier, probe, cpu, unprobed, tally);
        } catch (RefusedException refused) {
          tally.refused(form, tier, refused.refusal().code());
        }
      }
    }
    tally.leaks(form, target.liveAllocations());
  }

  private void compare(
      Form form, Tier tier, ProbeHandle probe, Cpu cpu, List<EndState> unprobed, FormTally tally) {
    if (!probe.tier().equals(Optional.of(tier))) {
      throw new IllegalStateException(form + " left its tier " + tier);
    }
    FormTally.Outcome outcome = outcome(unprobed);
    tally.ran(form, tier, outcome);
    if (tier == Tier.EMULATED && outcome == FormTally.Outcome.NOT_ON_THIS_CPU) {
      return; // Emulated it is there: nothing to compare with.
    }
    long before = probe.hits();
    List<EndState> probed = runAll(cpu);
    for (int i = 0; i < starts.size(); i++) {
      EndState wanted = unprobed.get(i);
      Exemption exemption = Exemption.of(form.instruction(), wanted);
      boolean nowhere = tier == Tier.EMULATED && wanted.isBranchToNoAddress(form.instruction());
      List<String> differences =
          nowhere
              ? probed.get(i).differencesToBranchNowhere()
              : probed.get(i).differencesTo(wanted, exemption);
      if (!differences.isEmpty()) {
        tally.differs(form, tier, "state %d: %s".formatted(i, differences));
      }
      cases++;
    }
    if (probe.hits() - before != starts.size()) {
      tally.differs(form, tier, "%d hits".formatted(probe.hits() - before));
    }
  }

  private static FormTally.Outcome outcome(List<EndState> ends) {
    if (ends.stream().allMatch(end -> end.stop().signal() == SIGILL)) {
      return FormTally.Outcome.NOT_ON_THIS_CPU;
    }
    if (ends.stream().anyMatch(FormBench::isCompleted)) {
      return FormTally.Outcome.EXECUTED;
    }
    boolean divisions = ends.stream().allMatch(end -> end.stop().signal() == SIGFPE);
    return divisions ? FormTally.Outcome.ONLY_DIVIDE_ERRORS : FormTally.Outcome.ONLY_FAULTED;
  }

  /** A fault elsewhere is one of the place that the instruction has led to. */
  private static boolean isCompleted(EndState end) {
    return end.stop().kind() == Stop.Kind.BREAKPOINT || end.programCounter() != CODE;
  }

  private List<EndState> runAll(Cpu cpu) {
    return starts.stream().map(start -> runOne(start, cpu)).toList();
  }

  private EndState runOne(StartState start, Cpu cpu) {
    data.put(0, start.data);
    stack.put(0, start.stack);
    target.machine().setRegisters(start.general);
    target.machine().setRegister(GeneralRegister.RIP, CODE);
    target.machine().setVectors(start.vectors);
    Stop stop = resume(cpu);
    if (stop.kind() == Stop.Kind.EXIT) {
      throw new IllegalStateException("the child has ended: " + stop);
    }
    VectorState vectors = target.machine().vectors();
    long[] general = target.machine().registers();
    return new EndState(stop, general, vectors, copy(data), copy(stack));
  }

  private Stop resume(Cpu cpu) {
    try {
      return target.resume(cpu);
    } catch (TextException fault) {
      return EndState.emulatedFault(fault.address());
    }
  }

  private static ByteBuffer copy(ByteBuffer memory) {
    byte[] bytes = new byte[memory.capacity()];
    memory.get(0, bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static ProbeHandle register(Kprobes kprobes, Tier tier) {
    Kprobe.Builder kprobe = Kprobe.at(X86_64.at(CODE)).onHit(r -> {}).upTo(tier);
    if (tier == Tier.EMULATED) {
      // A boosted copy costs less where both are offered, and nobody sees the end of one.
      kprobe.postHandler((probe, registers) -> {});
    }
    return kprobes.register(kprobe.build());
  }

  private static String whyNot(ProbeHandle probe, Tier tier) {
    return probe
        .whyNotOptimized()
        .filter(refusal -> tier == Tier.OPTIMIZED)
        .map(Refusal::code)
        .orElse("not offered");
  }

  private Kprobes registry(Form form) {
    AddressRange body = AddressRange.ofLength(CODE, form.bytes().length + NOPS);
    return Kprobes.builder(target.text())
        .architecture(architecture)
        .codeMap(CodeMap.of(new CodeMap.Function("form", body)))
        .windowPolicy(WindowPolicy.RELAXED)
        .gate(target.gate())
        .build();
  }

  private void writeCode(Form form) {
    byte[] code = page.clone();
    byte[] bytes = form.bytes();
    System.arraycopy(bytes, 0, code, 0, bytes.length);
    Arrays.fill(code, bytes.length, bytes.length + NOPS, (byte) 0x90);
    target.writeBytes(CODE, code);
  }

  /** CPUID tells which CPU it is on. */
  private void stayOnOneCpu() {
    target.data().store(DATA, Long.BYTES, 1);
    target.machine().systemCall(SYS_SCHED_SETAFFINITY, 0, Long.BYTES, DATA);
  }

  @Override
  public void close() {
    target.close();
  }
}
