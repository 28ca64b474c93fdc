package io.github.optprobe.testkit.conformance;

import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.InstructionText;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that can fail fails in a prepare, and says why; what it returns is complete. */
final class PreparingRules {
  private final Kit kit;
  private final Architecture architecture;

  PreparingRules(Kit kit) {
    this.kit = kit;
    architecture = kit.architecture();
  }

  void probesAreComplete() {
    for (Samples.Sample sample : kit.samples().probed()) {
      PreparedProbe probe = sample.probe().orElseThrow();
      byte[] original = probe.original();
      byte[] text = Arrays.copyOf(sample.code(), original.length);
      boolean tiers = !probe.tiers().isEmpty() && !probe.tiers().contains(Tier.OPTIMIZED);
      boolean fits = probe.breakpoint().length <= original.length && original.length > 0;
      if (probe.address().value() != Bed.BASE
          || !Arrays.equals(original, text)
          || !tiers
          || !fits) {
        throw kit.broken(
            sample,
            "address %s, original %s, breakpoint %s, tiers %s"
                .formatted(
                    probe.address(),
                    Arrays.toString(original),
                    Arrays.toString(probe.breakpoint()),
                    probe.tiers()));
      }
    }
  }

  void arraysAreCopies() {
    for (Samples.Sample sample : kit.samples().probed()) {
      PreparedProbe probe = sample.probe().orElseThrow();
      requireCopies(sample, "original()", probe::original);
      requireCopies(sample, "breakpoint()", probe::breakpoint);
      if (sample.isOptimizable()) {
        PreparedDetour detour = sample.detour().orElseThrow();
        requireCopies(sample, "jump()", detour::jump);
        requireCopies(sample, "replaced()", detour::replaced);
      }
    }
  }

  private void requireCopies(
      Samples.Sample sample, String what, java.util.function.Supplier<byte[]> getter) {
    byte[] first = getter.get();
    byte kept = first[0];
    first[0] = (byte) ~kept;
    boolean copied = getter.get()[0] == kept;
    // The other rules are not to suffer from it.
    first[0] = kept;
    if (!copied) {
      throw kit.broken(sample, "who changes what %s returned changes the probe".formatted(what));
    }
  }

  void preparingIsRepeatable() {
    for (Samples.Sample sample : kit.samples().probed()) {
      PreparedProbe one = kit.bed(sample).prepare();
      PreparedProbe other = kit.bed(sample).prepare();
      boolean emulated = one.tiers().equals(Set.of(Tier.EMULATED));
      boolean same =
          one.tiers().equals(other.tiers())
              && (emulated || Arrays.equals(one.copy().bytes(), other.copy().bytes()));
      if (!same) {
        throw kit.broken(sample, "prepared twice, it is something else");
      }
      if (sample.isOptimizable()) {
        requireSameDetour(sample, kit.bed(sample).detour(), kit.bed(sample).detour());
      }
    }
  }

  private void requireSameDetour(Samples.Sample sample, PreparedDetour one, PreparedDetour other) {
    boolean same =
        one.window().equals(other.window())
            && one.form().equals(other.form())
            && Arrays.equals(one.jump(), other.jump())
            && Arrays.equals(one.buffer().bytes(), other.buffer().bytes());
    if (!same) {
      throw kit.broken(sample, "a detour prepared twice is something else");
    }
  }

  void preparingWritesNothing() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      byte[] before = bed.content();
      bed.prepare();
      if (sample.isOptimizable()) {
        bed.detour();
      }
      if (!Bed.same(before, bed.content())) {
        throw kit.broken(sample, "preparing has changed the text");
      }
      if (!bed.text.writes().isEmpty()) {
        throw kit.broken(sample, "preparing writes: " + bed.text.writes());
      }
    }
  }

  void copiesLieInTheirSlots() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      List<AddressRange> given = new ArrayList<>();
      PreparedProbe probe =
          architecture.prepare(bed.preparation(bed.address(), noting(bed, given)));
      if (!probe.tiers().equals(Set.of(Tier.EMULATED))) {
        requireSlot(sample, given, probe.copy());
      }
      if (sample.isOptimizable()) {
        given.clear();
        PreparedDetour detour = bed.detour(noting(bed, given));
        requireSlot(sample, given, detour.buffer());
      }
    }
  }

  private static SlotAllocator noting(Bed bed, List<AddressRange> given) {
    return (bytes, within) -> {
      Optional<Slot> slot = Bed.slotsIn(bed.memory).allocate(bytes, within);
      slot.ifPresent(there -> given.add(AddressRange.ofLength(there.address(), bytes)));
      return slot;
    };
  }

  private void requireSlot(Samples.Sample sample, List<AddressRange> given, RelocatedCode code) {
    AddressRange taken = AddressRange.ofLength(code.start(), code.bytes().length);
    boolean mapped = given.stream().anyMatch(slot -> slot.contains(taken));
    boolean stands = code.relocatedOf(Bed.BASE).orElse(0) == code.entry();
    if (!mapped || !stands || code.firstOriginal() != Bed.BASE) {
      throw kit.broken(sample, "its copy does not lie in its slot, or stands for something else");
    }
  }

  void refusalsAreComplete() {
    for (Samples.Sample sample : kit.samples().refused()) {
      Bed bed = kit.bed(sample);
      try {
        bed.prepare();
        throw kit.broken(sample, "it was refused before");
      } catch (RefusedException refused) {
        String lacking = lacking(refused.refusal());
        if (!lacking.isEmpty()) {
          throw kit.broken(sample, "the refusal %s lacks %s".formatted(refused.refusal(), lacking));
        }
      }
    }
    for (Samples.Sample sample : kit.samples().probed()) {
      requireWindowOrReason(sample);
    }
  }

  private void requireWindowOrReason(Samples.Sample sample) {
    try {
      kit.bed(sample).plan();
    } catch (RefusedException refused) {
      String lacking = lacking(refused.refusal());
      if (!lacking.isEmpty()) {
        throw kit.broken(
            sample, "the window's refusal %s lacks %s".formatted(refused.refusal(), lacking));
      }
    }
  }

  private static String lacking(Refusal refusal) {
    if (!refusal.code().matches("[A-Z][A-Z0-9_]+")) {
      return "a stable code";
    }
    if (refusal.rule().isBlank() || refusal.advice().isBlank()) {
      return "a rule or an advice";
    }
    boolean bytes = !refusal.culprit().bytes().isBlank();
    return bytes && !refusal.culprit().disassembly().isBlank() ? "" : "bytes or disassembly";
  }

  /** Each prefix of each sample, mapped up to there and not further. */
  void truncatedCodeIsRefused() {
    for (Samples.Sample sample : kit.samples().probed()) {
      int length = sample.probe().orElseThrow().original().length;
      for (int bytes = 0; bytes < length; bytes++) {
        ByteArrayText text = ByteArrayText.at(Bed.BASE - 1, Arrays.copyOf(new byte[1], 1 + bytes));
        text.write(Bed.BASE, Arrays.copyOf(sample.code(), bytes));
        requireRefusal(sample, text, bytes);
      }
    }
  }

  private void requireRefusal(Samples.Sample sample, ByteArrayText text, int bytes) {
    try {
      PreparedProbe probe =
          architecture.prepare(
              new Preparation(
                  new Bed(architecture, sample.code()).address(), text, Bed.slotsIn(text)));
      if (probe.original().length > bytes) {
        throw kit.broken(sample, "%d of its bytes are enough to prepare it".formatted(bytes));
      }
    } catch (RefusedException refused) {
      Claims.that(!refused.refusal().code().isBlank(), "a refusal without a code");
    }
  }

  void memoryInReachOrRefusal() {
    for (Samples.Sample sample : kit.samples().probed()) {
      Bed bed = kit.bed(sample);
      Preparation preparation = bed.preparation(bed.address(), (bytes, within) -> Optional.empty());
      try {
        PreparedProbe probe = architecture.prepare(preparation);
        if (!probe.tiers().equals(Set.of(Tier.EMULATED))) {
          throw kit.broken(sample, "without memory it still has " + probe.tiers());
        }
      } catch (RefusedException refused) {
        requireNoMemory(sample, refused.refusal());
      }
      if (sample.isOptimizable()) {
        requireBufferOrRefusal(sample);
      }
    }
  }

  private void requireBufferOrRefusal(Samples.Sample sample) {
    try {
      kit.bed(sample).detour((bytes, within) -> Optional.empty());
    } catch (RefusedException refused) {
      requireNoMemory(sample, refused.refusal());
      return;
    }
    throw kit.broken(sample, "without memory it still has a detour");
  }

  private void requireNoMemory(Samples.Sample sample, Refusal refusal) {
    if (!(refusal instanceof Refusal.NoMemoryInReach)) {
      throw kit.broken(sample, "without memory it is refused for " + refusal.code());
    }
  }

  void windowsAreWholeInstructions() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      Bed bed = kit.bed(sample);
      PreparedDetour detour = bed.detour();
      AddressRange window = detour.window();
      long behind = window.last() + 1;
      List<InstructionText> lines = architecture.disassemble(bed.memory, window);
      InstructionText last = lines.get(lines.size() - 1);
      boolean whole = last.address() + last.length() == behind;
      requirePlan(sample, detour, lines.size());
      boolean starts = window.first() == Bed.BASE && detour.address().equals(bed.address());
      boolean fits = detour.jump().length <= window.length() && detour.jump().length > 0;
      if (!whole || !starts || !fits || window.length() > architecture.maxWindowBytes()) {
        throw kit.broken(
            sample, "window %s, jump of %d bytes".formatted(window, detour.jump().length));
      }
    }
  }

  /** The registry judges the window that was planned; the jump overwrites the detour's. */
  private void requirePlan(Samples.Sample sample, PreparedDetour detour, int instructions) {
    try {
      WindowPlan plan = kit.bed(sample).plan();
      boolean same = plan.window().equals(detour.window()) && plan.instructions() == instructions;
      boolean planned = kit.bed(sample).detour(plan).form().equals(detour.form());
      if (planned && !same) {
        throw kit.broken(
            sample,
            "planned are %d instructions in %s; the window is %s"
                .formatted(plan.instructions(), plan.window(), detour.window()));
      }
    } catch (RefusedException anotherForm) {
      Claims.that(!anotherForm.refusal().code().isBlank(), "a refusal without a code");
    }
  }

  void jumpsReplaceWhatIsThere() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      PreparedDetour detour = sample.detour().orElseThrow();
      byte[] there = Arrays.copyOf(sample.code(), detour.jump().length);
      if (!Arrays.equals(there, detour.replaced())) {
        throw kit.broken(sample, "replaced() is not the text that the jump replaces");
      }
    }
  }

  void otherFormsAreWhatTheySay() {
    for (Samples.Sample sample : kit.samples().optimizable()) {
      Bed bed = kit.bed(sample);
      List<JumpForm> forms =
          architecture.otherForms(
              new Refusal.WindowLeavesFunction(
                  architecture.culprit(bed.memory, bed.address()), "sample", 1));
      for (JumpForm form : forms) {
        requireForm(sample, form);
      }
    }
  }

  private void requireForm(Samples.Sample sample, JumpForm form) {
    Bed bed = kit.bed(sample);
    try {
      Preparation preparation = bed.preparation();
      WindowPlan plan = architecture.planWindow(preparation, form);
      PreparedDetour detour = architecture.prepareDetour(plan, preparation, Gate.at(Bed.GATE));
      if (detour.jump().length != form.bytes() || !detour.form().equals(form)) {
        throw kit.broken(
            sample,
            "asked for %s, got %d bytes of %s"
                .formatted(form, detour.jump().length, detour.form()));
      }
    } catch (RefusedException refused) {
      Claims.that(!refused.refusal().rule().isBlank(), "a refusal without a rule");
    }
  }
}
