package io.github.optprobe.testkit.conformance;

import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.protocol.ProtocolCheck;
import io.github.optprobe.testkit.protocol.ProtocolReport;
import io.github.optprobe.testkit.protocol.Verdict;
import io.github.optprobe.testkit.text.Fault;
import io.github.optprobe.testkit.text.TextEvent;
import io.github.optprobe.text.TextException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Arming, optimizing and their reverses: what is written, in which order, and what fails. */
final class PatchingRules {
  private static final int CHECKED_PROTOCOLS = 12;
  private static final int MOST_STEPS = 64;
  private static final long VALUE = 0x1_0000;

  /** How many samples fail as batches; others fail alone. */
  private static final int FAILING_BATCHES = 24;

  private final Kit kit;
  private final Architecture architecture;

  PatchingRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  /** A step of the protocol that may fail. */
  private interface Step {
    void run(Work work);
  }

  private void arm(Work work) {
    architecture.arm(work.probes(), work.bed().text);
  }

  private void disarm(Work work) {
    architecture.disarm(work.probes(), work.bed().text);
  }

  private void optimize(Work work) {
    architecture.optimize(work.detours(), work.bed().text);
  }

  private void unoptimize(Work work) {
    architecture.unoptimize(work.detours(), work.bed().text);
  }

  void armWritesTheBreakpoint() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      PreparedProbe probe = bed.prepare();
      byte[] wanted = bed.content();
      put(wanted, bed, Bed.BASE, probe.breakpoint());
      architecture.arm(List.of(probe), bed.text);
      requireText(sample, bed, wanted, "armed");
      if (!architecture.isBreakpoint(bed.memory, Bed.BASE)) {
        throw kit.broken(sample, "isBreakpoint() does not know what arm() wrote");
      }
    }
  }

  void disarmRestoresTheText() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      byte[] before = bed.content();
      List<PreparedProbe> probes = List.of(bed.prepare());
      architecture.arm(probes, bed.text);
      architecture.disarm(probes, bed.text);
      requireText(sample, bed, before, "disarmed");
    }
  }

  void batchesAreArmedTogether() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      Bed alone = kit.bed(sample);
      List<PreparedProbe> probes = everyProbe(bed);
      List<PreparedProbe> ones = everyProbe(alone);
      int mostRounds = 0;
      for (PreparedProbe probe : ones) {
        mostRounds = Math.max(mostRounds, rounds(alone, () -> arm(alone, List.of(probe))));
      }
      int rounds = rounds(bed, () -> arm(bed, probes));
      requireText(sample, bed, alone.content(), "armed in a batch, and not one by one");
      if (rounds > mostRounds) {
        throw kit.broken(
            sample,
            "%d probes are armed with %d synchronisations, one with %d"
                .formatted(probes.size(), rounds, mostRounds));
      }
      ones.forEach(probe -> architecture.disarm(List.of(probe), alone.text));
      architecture.disarm(probes, bed.text);
      requireText(sample, bed, alone.content(), "disarmed in a batch, and not one by one");
    }
  }

  private void arm(Bed bed, List<PreparedProbe> probes) {
    architecture.arm(probes, bed.text);
  }

  /** How often CPUs are synchronised. */
  private static int rounds(Bed bed, Runnable step) {
    bed.text.clear();
    step.run();
    return (int) bed.text.events().stream().filter(TextEvent.Synchronize.class::isInstance).count();
  }

  /** A batch is of those that can be probed. */
  private List<PreparedProbe> everyProbe(Bed bed) {
    List<PreparedProbe> probes = new ArrayList<>();
    int notProbed = 0;
    for (long boundary : bed.scan().boundaries()) {
      try {
        probes.add(bed.prepare(bed.at(boundary)));
      } catch (RefusedException refused) {
        notProbed++;
      }
    }
    kit.report().count("refusals", notProbed);
    return probes;
  }

  void cpusAreSynchronisedLast() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      List<PreparedProbe> probes = List.of(bed.prepare());
      List<PreparedDetour> detours =
          sample.isOptimizable() ? List.of(publishedDetour(bed)) : List.of();
      requireSynchronised(sample, bed, "arm", () -> architecture.arm(probes, bed.text));
      if (sample.isOptimizable()) {
        requireSynchronised(
            sample, bed, "optimize", () -> architecture.optimize(detours, bed.text));
        requireSynchronised(
            sample, bed, "unoptimize", () -> architecture.unoptimize(detours, bed.text));
      }
      requireSynchronised(sample, bed, "disarm", () -> architecture.disarm(probes, bed.text));
    }
  }

  private void requireSynchronised(Samples.Sample sample, Bed bed, String what, Runnable step) {
    bed.text.clear();
    step.run();
    List<TextEvent> events = bed.text.events();
    boolean wrote = events.stream().anyMatch(TextEvent.Write.class::isInstance);
    boolean last =
        !events.isEmpty() && events.get(events.size() - 1) instanceof TextEvent.Synchronize;
    if (!wrote || !last) {
      throw kit.broken(sample, what + " returns before CPUs see what it wrote: " + events);
    }
  }

  private static PreparedDetour publishedDetour(Bed bed) {
    PreparedDetour detour = bed.detour();
    publish(bed, detour);
    return detour;
  }

  private static void publish(Bed bed, PreparedDetour detour) {
    bed.publish(detour.buffer());
    detour.link().ifPresent(bed::publish);
  }

  void optimizeWritesTheJump() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      optimizeAndCompare(sample, one(kit.bed(sample)));
      optimizeAndCompare(sample, batch(kit.bed(sample)));
    }
  }

  private void optimizeAndCompare(Samples.Sample sample, Work work) {
    Bed bed = work.bed();
    armEach(work);
    byte[] wanted = bed.content();
    architecture.optimize(work.detours(), bed.text);
    work.detours().forEach(each -> put(wanted, bed, each.address().value(), each.jump()));
    requireText(sample, bed, wanted, "optimized");
  }

  void unoptimizeLeavesTheBreakpoint() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      unoptimizeAndCompare(sample, one(kit.bed(sample)));
      unoptimizeAndCompare(sample, batch(kit.bed(sample)));
    }
  }

  private void unoptimizeAndCompare(Samples.Sample sample, Work work) {
    Bed bed = work.bed();
    armEach(work);
    byte[] armed = bed.content();
    disarmEach(work);
    byte[] disarmed = bed.content();
    armEach(work);
    work.detours().forEach(each -> architecture.optimize(List.of(each), bed.text));
    architecture.unoptimize(work.detours(), bed.text);
    requireText(sample, bed, armed, "unoptimized");
    disarmEach(work);
    requireText(sample, bed, disarmed, "disarmed");
  }

  /** One by one: how batches are armed is another rule. */
  private void armEach(Work work) {
    work.probes().forEach(each -> architecture.arm(List.of(each), work.bed().text));
  }

  private void disarmEach(Work work) {
    work.probes().forEach(each -> architecture.disarm(List.of(each), work.bed().text));
  }

  /** What is done in one text. */
  private record Work(Bed bed, List<PreparedProbe> probes, List<PreparedDetour> detours) {}

  private static Work one(Bed bed) {
    return new Work(bed, List.of(bed.prepare()), List.of(publishedDetour(bed)));
  }

  /** A probe and a detour at each instruction that has both, where windows do not overlap. */
  private Work batch(Bed bed) {
    Work work = new Work(bed, new ArrayList<>(), new ArrayList<>());
    long free = Bed.BASE;
    for (long boundary : bed.scan().boundaries()) {
      Optional<PreparedDetour> detour =
          boundary < free ? Optional.empty() : detourAt(bed, boundary);
      if (detour.isPresent()) {
        work.probes().add(bed.prepare(bed.at(boundary)));
        work.detours().add(detour.get());
        free = detour.get().window().last() + 1;
      }
    }
    return work;
  }

  private Optional<PreparedDetour> detourAt(Bed bed, long boundary) {
    try {
      PreparedDetour detour = boundary == Bed.BASE ? bed.detour() : bed.detour(bed.at(boundary));
      bed.prepare(bed.at(boundary));
      publish(bed, detour);
      return bed.body().contains(detour.window()) ? Optional.of(detour) : Optional.empty();
    } catch (RefusedException refused) {
      kit.report().count("refusals", 1);
      return Optional.empty();
    }
  }

  private static void put(byte[] content, Bed bed, long address, byte[] bytes) {
    int offset = (content.length - bed.code.length) / 2 + (int) (address - Bed.BASE);
    System.arraycopy(bytes, 0, content, offset, bytes.length);
  }

  private void requireText(Samples.Sample sample, Bed bed, byte[] wanted, String when) {
    byte[] there = bed.content();
    int at = Arrays.mismatch(there, wanted);
    if (at >= 0) {
      int offset = at - (there.length - bed.code.length) / 2;
      throw kit.broken(
          sample,
          "%s, the text at +0x%x is %02x, not %02x".formatted(when, offset, there[at], wanted[at]));
    }
  }

  void failingArmLeavesTheText() {
    failAtEachStep(kit.samples().probed(), "arm", 0, this::arm);
  }

  void failingDisarmLeavesTheText() {
    failAtEachStep(kit.samples().probed(), "disarm", 1, this::disarm);
  }

  void failingOptimizeLeavesTheText() {
    failAtEachStep(kit.samples().optimizable(), "optimize", 1, this::optimize);
  }

  void failingUnoptimizeLeavesTheText() {
    failAtEachStep(kit.samples().optimizable(), "unoptimize", 2, this::unoptimize);
  }

  private void failAtEachStep(List<Samples.Sample> samples, String what, int steps, Step step) {
    int number = 0;
    for (Samples.Sample sample : samples) {
      boolean together = number < FAILING_BATCHES;
      number++;
      for (TextException.Operation operation :
          List.of(TextException.Operation.WRITE, TextException.Operation.SYNCHRONIZE)) {
        boolean failed = true;
        for (int nth = 1; failed && nth < MOST_STEPS; nth++) {
          Work work = failing(sample, together, steps > 0 && !what.equals("disarm"));
          failed = failAt(sample, work, what, steps, step, Fault.at(operation, nth));
        }
      }
    }
  }

  private Work failing(Samples.Sample sample, boolean together, boolean jumps) {
    Bed bed = kit.bed(sample);
    if (jumps) {
      return together ? batch(bed) : one(bed);
    }
    return new Work(bed, together ? everyProbe(bed) : List.of(bed.prepare()), List.of());
  }

  /** Whether the step got as far as the fault. */
  private boolean failAt(
      Samples.Sample sample, Work work, String what, int steps, Step step, Fault fault) {
    Bed bed = work.bed();
    if (steps > 0) {
      arm(work);
    }
    if (steps > 1) {
      optimize(work);
    }
    byte[] before = bed.content();
    bed.faults.inject(fault);
    boolean thrown = false;
    try {
      step.run(work);
    } catch (TextException failure) {
      thrown = true;
    }
    boolean struck = bed.faults.struck() > 0;
    bed.faults.heal();
    if (struck && !thrown) {
      throw kit.broken(sample, "%s returns although %s failed".formatted(what, fault.operation()));
    }
    if (struck) {
      requireText(
          sample,
          bed,
          before,
          "%s number %d of %s has failed".formatted(fault.operation(), fault.nth(), what));
    }
    return struck;
  }

  void theProtocolIsSafe() {
    List<Samples.Sample> samples = new ArrayList<>(kit.samples().optimizable());
    // The longest windows have the most boundaries to stand at.
    samples.sort((one, other) -> Long.compare(windowOf(other), windowOf(one)));
    long jumps = 0;
    for (Samples.Sample sample : samples.stream().limit(CHECKED_PROTOCOLS).toList()) {
      ProtocolReport report =
          ProtocolCheck.of(architecture, Bed.BASE, sample.code()).probes(Bed.BASE).checkProbes();
      kit.report().count("stale views", report.views());
      jumps += report.count(Verdict.NEW);
      if (!report.isSafe()) {
        throw kit.broken(sample, report.toString());
      }
    }
    // The registry refuses some windows that the architecture would have: not all of them.
    Claims.that(jumps > 0, "no jump was ever fetched: none of the samples was optimized");
  }

  private static long windowOf(Samples.Sample sample) {
    return sample.detour().orElseThrow().window().length();
  }

  void trappedCpusAreSentIntoTheBuffer() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      PreparedDetour detour = sample.detour().orElseThrow();
      MachineState registers = filled();
      architecture.detour(detour, registers);
      long pc = registers.programCounter();
      boolean inside = pc == detour.buffer().start();
      MachineState passing = Bed.registers(architecture);
      passing.setProgramCounter(Bed.BASE);
      boolean passes =
          architecture.passes(sample.probe().orElseThrow(), passing)
              && pc == passing.programCounter();
      if (!inside && !passes) {
        throw kit.broken(sample, "detour() sends a CPU to 0x%x".formatted(pc));
      }
      requireUnchanged(sample, registers);
    }
  }

  /** Each register has a value of its own, and the program counter is at the probe. */
  private MachineState filled() {
    MachineState registers = Bed.registers(architecture);
    for (int i = 0; i < registers.file().size(); i++) {
      registers.set(i, VALUE + i);
    }
    registers.setProgramCounter(Bed.BASE);
    return registers;
  }

  private void requireUnchanged(Samples.Sample sample, MachineState registers) {
    for (int i = 0; i < registers.file().size(); i++) {
      if (i != registers.file().programCounter() && registers.get(i) != VALUE + i) {
        throw kit.broken(sample, "detour() changes " + registers.file().names().get(i));
      }
    }
  }
}
