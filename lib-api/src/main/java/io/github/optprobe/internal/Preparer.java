package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Culprit;
import io.github.optprobe.Explanation;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Everything that can be refused, before any text is touched: is the address the start of an
 * instruction, can it be copied, may its window be overwritten. Used under the registry's lock.
 */
final class Preparer {
  private final TextReader original;
  private final CodeMap codeMap;
  private final boolean trustBoundaries;
  private final Optional<Gate> gate;
  private final Neighbours neighbours;
  private final SlotKeeper slots;
  private final Scans scans;
  private final WindowRules rules;
  private final Standing standing;
  private final OffLimits offLimits;
  private final Padding padding;
  private final boolean returnsIntoBuffers;

  Preparer(
      Settings settings,
      TextReader original,
      Neighbours neighbours,
      SlotKeeper slots,
      OffLimits offLimits,
      Islands islands) {
    this.original = original;
    this.codeMap = settings.codeMap();
    this.trustBoundaries = settings.trustBoundaries();
    this.gate = settings.gate();
    this.neighbours = neighbours;
    this.slots = slots;
    this.scans = new Scans(original);
    this.standing = new Standing(codeMap, trustBoundaries, scans, original);
    this.rules = new WindowRules(codeMap, settings.windowPolicy(), scans, standing, original);
    this.offLimits = offLimits;
    this.padding = new Padding(codeMap, original, scans, neighbours, offLimits, islands);
    this.returnsIntoBuffers = settings.returnsIntoBuffers();
  }

  /** Where a probe that is asked for at an address stands. */
  CodeAddress standing(Architecture architecture, CodeAddress asked) {
    return standing.of(architecture, asked);
  }

  /** Whether a probe that stands at an address is at the entry of the function that it is in. */
  boolean isEntry(Architecture architecture, CodeAddress address) {
    return codeMap
        .functionAt(address.value())
        .map(function -> standing.isEntry(architecture, function, address))
        .orElse(true);
  }

  /**
   * Prepares a plain probe; its copy is written to its slot.
   *
   * @throws RefusedException if the address can not be probed
   */
  PreparedProbe prepare(Architecture architecture, CodeAddress address) {
    return prepare(architecture, address, slots::publish);
  }

  /**
   * Tells the router of a copy; gives the copy up if that fails.
   *
   * @throws TextException if the router has no memory for it
   */
  void route(PreparedProbe prepared, HitRouter router) {
    boolean routed = false;
    try {
      router.prepared(prepared);
      routed = true;
    } finally {
      if (!routed) {
        slots.discard(prepared.copy());
      }
    }
  }

  /** The same, but nothing is written. */
  PreparedProbe dryRun(Architecture architecture, CodeAddress address) {
    return prepare(architecture, address, Preparer::notPublished);
  }

  private PreparedProbe prepare(
      Architecture architecture, CodeAddress address, Consumer<RelocatedCode> publisher) {
    checkAddress(architecture, address);
    return slots.preparing(
        address.value(),
        allocator -> {
          Preparation preparation =
              preparation(architecture, address, allocator, (bytes, within) -> Optional.empty());
          PreparedProbe result = architecture.prepare(preparation);
          checkReached(architecture, address);
          AddressRange mine = AddressRange.ofLength(address.value(), result.original().length);
          checkOffLimits(architecture, address, mine);
          checkIslands(architecture, address, mine);
          checkNeighbours(architecture, address, mine);
          publisher.accept(result.copy());
          return result;
        });
  }

  /**
   * Prepares a detour buffer; it is written to its slot.
   *
   * @throws RefusedException if the probe can not be optimized
   */
  PreparedDetour prepareDetour(Architecture architecture, CodeAddress address) {
    return prepareDetour(architecture, address, slots::publish, new ArrayList<>());
  }

  /**
   * The same, but nothing is written.
   *
   * @param attempts gets the forms of jumps that were tried behind the first one, and refused too
   */
  PreparedDetour dryRunDetour(
      Architecture architecture, CodeAddress address, List<Explanation.Attempt> attempts) {
    return prepareDetour(architecture, address, Preparer::notPublished, attempts);
  }

  /** In the best form that can be had. If none can, the best one's refusal is the one to know. */
  private PreparedDetour prepareDetour(
      Architecture architecture,
      CodeAddress address,
      Consumer<PreparedDetour> publisher,
      List<Explanation.Attempt> attempts) {
    if (gate.isEmpty()) {
      throw new RefusedException(new Refusal.NoGate(architecture.culprit(original, address)));
    }
    try {
      return attempt(architecture, address, publisher, architecture::planWindow);
    } catch (RefusedException first) {
      for (JumpForm form : architecture.otherForms(first.refusal())) {
        try {
          return attempt(
              architecture, address, publisher, with -> architecture.planWindow(with, form));
        } catch (RefusedException refused) {
          attempts.add(new Explanation.Attempt(form, refused.refusal()));
        }
      }
      throw first;
    }
  }

  private PreparedDetour attempt(
      Architecture architecture,
      CodeAddress address,
      Consumer<PreparedDetour> publisher,
      Function<Preparation, WindowPlan> planner) {
    return slots.preparing(
        address.value(),
        (bytes, within) -> padding.find(architecture, address, bytes, within),
        (allocator, islands) -> {
          Preparation preparation = preparation(architecture, address, allocator, islands);
          WindowPlan plan = planWindow(architecture, preparation, planner);
          rules.objection(architecture, address, plan).ifPresent(Preparer::refuse);
          checkOffLimits(architecture, address, plan.window());
          PreparedDetour result = architecture.prepareDetour(plan, preparation, gate.get());
          publisher.accept(result);
          return result;
        });
  }

  private Preparation preparation(
      Architecture architecture, CodeAddress address, SlotAllocator slots, SlotAllocator islands) {
    return new Preparation(
        address,
        original,
        slots,
        islands,
        () -> codeMap.functionAt(address.value()).map(function -> scans.of(architecture, function)),
        returnsIntoBuffers);
  }

  /** Code behind the end of the function is no reason: it is not the function's. */
  private WindowPlan planWindow(
      Architecture architecture,
      Preparation preparation,
      Function<Preparation, WindowPlan> planner) {
    try {
      return planner.apply(preparation);
    } catch (RefusedException refused) {
      long culprit = refused.refusal().culprit().address().value();
      CodeAddress probed = preparation.address();
      Optional<CodeMap.Function> left =
          codeMap.functionAt(probed.value()).filter(function -> !function.body().contains(culprit));
      throw left.map(function -> leavesFunction(architecture, probed, function)).orElse(refused);
    }
  }

  private RefusedException leavesFunction(
      Architecture architecture, CodeAddress probed, CodeMap.Function function) {
    Culprit culprit = architecture.culprit(original, probed);
    return new RefusedException(WindowRules.leavesFunction(culprit, function));
  }

  /** The refusal for a store that failed. */
  Refusal storeFailed(Aggregate probe, TextException failure) {
    return new Refusal.StoreFailed(
        probe.architecture().culprit(original, probe.address()),
        Objects.requireNonNullElse(failure.getMessage(), ""));
  }

  private void checkAddress(Architecture architecture, CodeAddress address) {
    int alignment = architecture.instructionSet().alignment();
    if (!architecture.instructionSet().isAligned(address.value())) {
      refuse(new Refusal.Misaligned(bare(address, "(misaligned)"), alignment));
    }
    if (original.read(address.value(), new byte[1], 0, 1) == 0) {
      refuse(new Refusal.Unmapped(bare(address, "(not mapped)")));
    }
    boolean isGate = gate.isPresent() && gate.get().address() == address.value();
    if (isGate || slots.owns(address.value())) {
      refuse(new Refusal.OwnCode(architecture.culprit(original, address)));
    }
    // Before what is known of the code: the reason says more than that nothing is.
    checkOffLimits(architecture, address, AddressRange.ofLength(address.value(), 1));
    if (!trustBoundaries) {
      checkBoundary(architecture, address);
    }
  }

  private void checkBoundary(Architecture architecture, CodeAddress address) {
    Optional<CodeMap.Function> function = codeMap.functionAt(address.value());
    if (function.isEmpty()) {
      throw new RefusedException(
          new Refusal.OutsideKnownCode(architecture.culprit(original, address)));
    }
    CodeScan body = scans.of(architecture, function.get());
    OptionalLong undecodable = body.firstUndecodable();
    boolean before =
        undecodable.isPresent()
            && Long.compareUnsigned(undecodable.getAsLong(), address.value()) < 0;
    if (before) {
      // Behind bytes that do not decode nobody knows where instructions start.
      CodeAddress where = new CodeAddress(undecodable.getAsLong(), architecture.instructionSet());
      refuse(
          new Refusal.FunctionUndecodable(
              architecture.culprit(original, where), function.get().name()));
    }
    boolean undecodableHere = undecodable.isPresent() && undecodable.getAsLong() == address.value();
    if (!undecodableHere && !body.isBoundary(address.value())) {
      refuse(
          new Refusal.NotABoundary(
              architecture.culprit(original, address), body.boundaryAtOrBelow(address.value())));
    }
  }

  /**
   * The first place that the scan could not decode is left to the architecture, which knows why. If
   * that has no objection, it is what the scan has against it: it may be data that looks like code.
   */
  private void checkReached(Architecture architecture, CodeAddress address) {
    Optional<CodeMap.Function> function =
        trustBoundaries ? Optional.empty() : codeMap.functionAt(address.value());
    if (function.isPresent()
        && !scans.of(architecture, function.get()).isBoundary(address.value())) {
      refuse(
          new Refusal.FunctionUndecodable(
              architecture.culprit(original, address), function.get().name()));
    }
  }

  private void checkOffLimits(
      Architecture architecture, CodeAddress address, AddressRange overwritten) {
    if (!offLimits.isEmpty()) {
      Culprit culprit = architecture.culprit(original, address);
      offLimits.objection(overwritten, culprit).ifPresent(Preparer::refuse);
    }
  }

  private void checkIslands(Architecture architecture, CodeAddress address, AddressRange mine) {
    if (slots.hasIslandIn(mine)) {
      refuse(new Refusal.OwnCode(architecture.culprit(original, address)));
    }
  }

  /** Text was removed: what was found out about it does not hold any more. */
  void forget(AddressRange range) {
    scans.forget(range);
  }

  private void checkNeighbours(Architecture architecture, CodeAddress address, AddressRange mine) {
    for (Aggregate other : neighbours.reaching(mine)) {
      if (other.instruction().overlaps(mine)) {
        refuse(
            new Refusal.OverlapsProbedInstruction(
                architecture.culprit(original, address), other.addressValue()));
      }
    }
  }

  private static Culprit bare(CodeAddress address, String phrase) {
    return new Culprit(address, "", phrase);
  }

  private static void notPublished(Object code) {}

  private static void refuse(Refusal refusal) {
    throw new RefusedException(refusal);
  }
}
