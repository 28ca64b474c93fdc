package io.github.optprobe.testkit.conformance;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.HandlerOutcome;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.testkit.execute.Ending;
import io.github.optprobe.testkit.execute.Executor;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.execute.StateDiff;
import io.github.optprobe.testkit.trial.ExecutorText;
import io.github.optprobe.testkit.trial.ProbedExecution;
import io.github.optprobe.testkit.trial.RelocationTrial;
import io.github.optprobe.testkit.trial.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/** The same under a whole registry, as an embedder uses it, on the executor. */
final class RegistryRules {
  private static final int SAMPLES = 24;
  private static final int STATES = 4;
  private static final int CHANCES = 4;
  private static final long MARK = 0x1234_5678L;

  private final Kit kit;
  private final Architecture architecture;

  RegistryRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  /** What differs without a registry too is what the rules of execution are about. */
  private List<Samples.Sample> some(List<Samples.Sample> samples) {
    List<Samples.Sample> some =
        samples.stream()
            .filter(sample -> kit.trial().isCode(sample.code()))
            .filter(kit::isTransparent)
            .toList();
    if (some.isEmpty()) {
      Assumptions.abort("every sample differs: A300 to A305");
    }
    // From all over: what is rare comes last.
    int count = Math.min(SAMPLES, some.size());
    return IntStream.range(0, count).mapToObj(i -> some.get(i * some.size() / count)).toList();
  }

  /** A run that took too long gets other chances. */
  private static void patiently(Supplier<Session> sessions, Consumer<Session> check) {
    for (int chance = 1; ; chance++) {
      try (Session session = sessions.get()) {
        try {
          check.accept(session);
          return;
        } catch (AssertionError broken) {
          if (!session.limited || chance == CHANCES) {
            throw broken;
          }
        }
      }
    }
  }

  /** One sample on the executor, with a registry over its text. */
  private final class Session implements AutoCloseable {
    final Samples.Sample sample;
    final Executor executor = kit.executor().orElseThrow();
    final RelocationTrial trial = kit.trial();
    final Subject subject;
    final ExecutorText text = new ExecutorText(executor);
    final ProbedExecution execution = new ProbedExecution(executor, text);
    final Kprobes kprobes;
    final Cpu cpu;
    final byte[] before;

    /** Whether a run took too long, as it does where the machine is busy elsewhere. */
    boolean limited;

    Session(Samples.Sample sample) {
      this(sample, true);
    }

    Session(Samples.Sample sample, boolean gate) {
      this.sample = sample;
      subject = trial.place(sample.code());
      Kprobes.Builder builder =
          Kprobes.builder(text)
              .architecture(architecture)
              .codeMap(CodeMap.of(new CodeMap.Function("sample", subject.body())));
      kprobes = (gate ? builder.gate(executor.gate()) : builder).build();
      cpu = kprobes.newCpu(executor.data());
      before = textNow();
    }

    byte[] textNow() {
      return text.readFully(subject.body().first(), (int) subject.body().length());
    }

    MachineState start(int number) {
      trial.restoreMemory();
      return trial.startState(number);
    }

    Ending run(MachineState state) {
      Ending end = execution.run(state, cpu);
      limited |= end.kind() == Ending.Kind.LIMIT;
      return end;
    }

    /** A probe on every instruction that can be probed. */
    void probeAll() {
      int refusals = 0;
      for (long boundary : subject.scan().boundaries()) {
        CodeAddress address = new CodeAddress(boundary, architecture.instructionSet());
        try {
          kprobes.register(Kprobe.at(address).onHit(registers -> {}).build());
        } catch (RefusedException refused) {
          refusals++;
        }
      }
      kit.report().count("refusals", refusals);
    }

    @Override
    public void close() {
      kprobes.close();
    }
  }

  void everyInstructionIsHitAsOftenAsExecuted() {
    for (Samples.Sample sample : some(kit.samples().probed())) {
      for (Tier tier : List.of(Tier.SINGLE_STEP, Tier.OPTIMIZED)) {
        patiently(() -> new Session(sample), session -> compareHits(session, tier));
      }
    }
  }

  private void compareHits(Session session, Tier tier) {
    for (int i = 0; i < STATES; i++) {
      long executed = session.trial.executions(session.start(i), session.subject.address().value());
      MachineState original = session.start(i);
      Ending end = session.executor.run(original);
      if (end.kind() == Ending.Kind.LIMIT || end.isFault()) {
        continue; // Loops are not counted, and faults are a rule of their own.
      }
      boolean passes = passes(session, i);
      ProbeHandle probe =
          session.kprobes.register(
              Kprobe.at(session.subject.address()).onHit(registers -> {}).upTo(tier).build());
      session.kprobes.runOptimizer();
      MachineState state = session.start(i);
      Ending probed = session.run(state);
      long hits = probe.hits();
      probe.close();
      boolean counted = hits == executed || (passes && hits < executed);
      // Where nothing was mapped slots may be by now.
      boolean right = counted && (end.kind() == Ending.Kind.FETCH || probed.isLike(end));
      if (!right && kit.isTransparent(session.sample, i)) {
        throw kit.broken(
            session.sample,
            "%s: %d hits, executed %d times, ended with %s, not %s"
                .formatted(tier, hits, executed, probed, end));
      }
    }
  }

  /** An instruction whose condition fails does nothing: what does something has to be counted. */
  private boolean passes(Session session, int number) {
    PreparedProbe probe = session.sample.probe().orElseThrow();
    MachineState start = session.start(number);
    MachineState state = start.copy();
    if (!architecture.passes(probe, state)) {
      return false;
    }
    for (int i = 0; i < state.file().size(); i++) {
      long changed = (state.get(i) ^ start.get(i)) & session.executor.freeBits(i);
      if (i != state.file().programCounter() && changed != 0) {
        throw kit.broken(
            session.sample,
            "passes() says that its condition fails, and changes " + state.file().names().get(i));
      }
    }
    return true;
  }

  void everythingIsRestored() {
    for (Samples.Sample sample : some(kit.samples().probed())) {
      Session session = new Session(sample);
      session.probeAll();
      session.kprobes.runOptimizer();
      session.close();
      boolean text = java.util.Arrays.equals(session.before, session.textNow());
      if (!text || session.text.liveAllocations() != 0) {
        throw kit.broken(
            sample,
            "closed, the text is %s and %d slots' pages are left"
                .formatted(text ? "as it was" : "NOT as it was", session.text.liveAllocations()));
      }
    }
  }

  void handlersMayChangeRegisters() {
    List<Integer> all = changeable();
    for (Tier tier : Tier.values()) {
      int number = 0;
      for (Samples.Sample sample : some(kit.samples().probed())) {
        // All at once, or one, because what loads and stores faults with all.
        List<Integer> one = List.of(all.get(number % all.size()));
        List<Integer> changed = number % 2 == 0 ? all : one;
        patiently(() -> new Session(sample), session -> compareChanged(session, tier, changed));
        number++;
      }
    }
  }

  /** Registers that a start state may choose all of, but for the stack pointer. */
  private List<Integer> changeable() {
    Executor executor = kit.executor().orElseThrow();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < architecture.registers().size(); i++) {
      if (executor.freeBits(i) == -1L && i != architecture.registers().stackPointer()) {
        all.add(i);
      }
    }
    Claims.that(!all.isEmpty(), "no register can be changed");
    return all;
  }

  private static void change(Registers registers, List<Integer> which) {
    which.forEach(each -> registers.set(each, MARK + Long.BYTES * each));
  }

  /** If it is not as with the change made before, it must be with a handler that does nothing. */
  private void compareChanged(Session session, Tier tier, List<Integer> changed) {
    Optional<String> complaint = complaint(session, tier, changed, false);
    if (complaint.isPresent() && complaint(session, tier, changed, true).isEmpty()) {
      throw kit.broken(
          session.sample,
          "%s: what a handler wrote did not arrive%n%s".formatted(tier, complaint.get()));
    }
  }

  private Optional<String> complaint(
      Session session, Tier tier, List<Integer> changed, boolean before) {
    MachineState original = session.start(0);
    change(original, changed);
    Ending end = session.executor.run(original);
    ProbeHandle probe =
        session.kprobes.register(
            Kprobe.at(session.subject.address())
                .onHit(registers -> change(registers, before ? List.of() : changed))
                .upTo(tier)
                .build());
    session.kprobes.runOptimizer();
    MachineState state = session.start(0);
    MachineState start = state.copy();
    change(state, before ? changed : List.of());
    Ending probed = session.run(state);
    long hits = probe.hits();
    probe.close();
    boolean inconclusive = end.kind() == Ending.Kind.LIMIT || end.kind() == Ending.Kind.FETCH;
    if (hits == 0 || end.isFault() || inconclusive) {
      return Optional.empty(); // A condition failed, or the fault's registers are another rule's.
    }
    StateDiff diff =
        StateDiff.between(
            start,
            original,
            state,
            index -> session.executor.meantBits(index, end),
            session.subject.address().value());
    return probed.isLike(end) && diff.isEmpty() ? Optional.empty() : Optional.of(diff.toString());
  }

  void handlersMayTakeOver() {
    for (Samples.Sample sample : some(kit.samples().probed())) {
      for (Tier tier : List.of(Tier.SINGLE_STEP, Tier.OPTIMIZED)) {
        patiently(() -> new Session(sample), session -> takeOver(session, tier));
      }
    }
  }

  private void takeOver(Session session, Tier tier) {
    long elsewhere = session.subject.body().last() + 1;
    ProbeHandle probe =
        session.kprobes.register(
            Kprobe.at(session.subject.address())
                .preHandler(
                    (handle, registers) -> {
                      registers.setProgramCounter(elsewhere);
                      return HandlerOutcome.SKIP;
                    })
                .upTo(tier)
                .build());
    session.kprobes.runOptimizer();
    MachineState state = session.start(0);
    MachineState wanted = state.copy();
    wanted.setProgramCounter(elsewhere);
    Ending end = session.run(state);
    long hits = probe.hits();
    probe.close();
    StateDiff diff =
        StateDiff.between(
            wanted, wanted, state, index -> session.executor.freeBits(index), elsewhere);
    boolean there = state.programCounter() == elsewhere && end.kind() == Ending.Kind.BREAKPOINT;
    if (hits != 0 && (!there || !diff.isEmpty())) {
      throw kit.broken(
          session.sample,
          "%s: a handler skipped the instruction, and the CPU ended with %s at 0x%x%n%s"
              .formatted(tier, end, state.programCounter(), diff));
    }
  }

  void returnProbesSeeTheReturn() {
    CallConvention calls = architecture.calls().orElseThrow();
    // What is emulated is done by the time the hit has been reported.
    List<Samples.Sample> executed =
        kit.samples().probed().stream()
            .filter(sample -> !sample.probe().orElseThrow().tiers().contains(Tier.EMULATED))
            .toList();
    for (Samples.Sample sample : some(executed)) {
      for (boolean gate : new boolean[] {true, false}) {
        patiently(() -> new Session(sample, gate), session -> returnOnce(session, calls));
      }
    }
  }

  /** The entry is hit; the return is done here, as an instruction would do it. */
  private void returnOnce(Session session, CallConvention calls) {
    Executor executor = session.executor;
    MachineState state = session.start(0);
    long landing =
        calls.asReturnAddress(session.subject.address().plus(session.subject.body().length()));
    calls.setReturnAddress(state, executor.data(), landing);
    int[] returns = {0};
    session.kprobes.register(
        Kretprobe.at(session.subject.address())
            .returnHandler((instance, registers) -> returns[0]++)
            .build());
    session.cpu.breakpoint(state);
    state.setProgramCounter(session.subject.address().value());
    long stack = state.stackPointer();
    long trampoline = calls.returnAddress(state, executor.data());
    if (trampoline == landing) {
      return; // Its condition failed, or the entry was not hit.
    }
    calls.returnTo(state, trampoline);
    state.set(architecture.registers().stackPointer(), calls.stackPointerAfterReturn(stack));
    Ending end = session.run(state);
    boolean back = state.programCounter() == session.subject.body().last() + 1;
    if (returns[0] != 1 || !back || end.kind() != Ending.Kind.BREAKPOINT) {
      throw kit.broken(
          session.sample,
          "%d returns, ended with %s at 0x%x".formatted(returns[0], end, state.programCounter()));
    }
  }

  void returnAddressesAreKept() {
    CallConvention calls = architecture.calls().orElseThrow();
    Executor executor = kit.executor().orElseThrow();
    Subject subject = kit.trial().place(kit.samples().probed().get(0).code());
    kit.trial().restoreMemory();
    MachineState state = kit.trial().startState(1);
    long stack = state.stackPointer();
    for (long offset = 0; offset < 64; offset += 16) {
      long address = calls.asReturnAddress(subject.address().plus(offset));
      calls.setReturnAddress(state, executor.data(), address);
      long found = calls.returnAddress(state, executor.data());
      Claims.that(found == address, "set 0x%x, found 0x%x".formatted(address, found));
    }
    Claims.that(
        state.stackPointer() == stack, "setting the return address moves the stack pointer");
  }
}
