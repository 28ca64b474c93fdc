package io.github.optprobe.examples.mutants;

import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotAllocator;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.text.TextReader;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Mutants that prepare probes wrongly, or refuse without a reason: A100 to A107. */
final class PreparingMutants {
  private PreparingMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(probes(), copies(), refusals(), memory()).flatMap(each -> each);
  }

  /** A mutant that changes what was prepared. */
  static final class Prepares extends MutantArchitecture {
    private final UnaryOperator<PreparedProbe> change;

    Prepares(UnaryOperator<PreparedProbe> change) {
      this.change = change;
    }

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      return change.apply(super.prepare(preparation));
    }
  }

  private static Mutant prepares(String rule, String defect, UnaryOperator<PreparedProbe> change) {
    return Mutant.of(rule, defect, () -> new Prepares(change));
  }

  private static Stream<Mutant> probes() {
    return Stream.of(
        prepares("A100", "the original is half an instruction", HalfOriginal::new),
        prepares("A100", "the original has a byte changed", WrongOriginal::new),
        prepares(
            "A100",
            "a jump is among the tiers of a breakpoint",
            probe -> {
              Set<Tier> tiers = EnumSet.copyOf(probe.tiers());
              tiers.add(Tier.OPTIMIZED);
              return MutantProbe.withTiers(probe, tiers);
            }),
        Mutant.of(
            "A100, A200",
            "the breakpoint is longer than the instruction",
            "what arm() writes is shorter, and so another one",
            () -> new Prepares(LongBreakpoint::new)),
        prepares("A101", "the original is handed out, not a copy", HandsOutOriginal::new));
  }

  private static Stream<Mutant> copies() {
    return Stream.of(
        Mutant.of(
            "A102, A600",
            "every second probe of the same code is not emulated",
            "what differs from call to call differs between threads as well",
            Alternates::new),
        Mutant.of("A103", "preparing writes the copy into its slot", WritesCopy::new),
        Mutant.of("A104", "a copy takes twice the memory that it was given", TakesMore::new),
        Mutant.of(
            "A104, A304",
            "a copy is said to stand for the instruction behind",
            "faults in the copy are shown at that instruction",
            () -> new Prepares(PreparingMutants::standsForNext)));
  }

  private static PreparedProbe standsForNext(PreparedProbe probe) {
    RelocatedCode copy = probe.copy();
    long[] next = {probe.address().value() + probe.original().length};
    int end = (int) (copy.end() - copy.start());
    return MutantProbe.withCopy(
        probe, new RelocatedCode(copy.slot(), copy.bytes(), new int[] {0}, next, end));
  }

  private static Stream<Mutant> refusals() {
    return Stream.of(
        Mutant.of("A105", "what does not decode is refused without advice", NoAdvice::new),
        Mutant.of("A105", "the culprit of a refusal has no bytes", NoBytes::new),
        Mutant.of("A105", "the code of a refusal is a sentence", SentenceForCode::new),
        Mutant.of("A105", "a window is refused without a rule", WindowWithoutRule::new),
        Mutant.of("A106", "code that is cut off is completed with zeros", Zeros::new),
        Mutant.of("A106", "code that is cut off is an internal error", Throws::new));
  }

  private static Stream<Mutant> memory() {
    return Stream.of(
        Mutant.of("A107", "without memory it says that the code can't be moved", NoMemory::new),
        Mutant.of("A107", "without memory it takes some that it knows of", OwnMemory::new),
        Mutant.of("A107", "without memory for a buffer it blames the jump", NoBufferMemory::new));
  }

  private static final class HalfOriginal extends MutantProbe {
    HalfOriginal(PreparedProbe base) {
      super(base);
    }

    @Override
    public byte[] original() {
      return Arrays.copyOf(super.original(), 2);
    }
  }

  private static final class WrongOriginal extends MutantProbe {
    WrongOriginal(PreparedProbe base) {
      super(base);
    }

    @Override
    public byte[] original() {
      byte[] original = super.original();
      original[original.length - 1] ^= 1;
      return original;
    }
  }

  private static final class LongBreakpoint extends MutantProbe {
    LongBreakpoint(PreparedProbe base) {
      super(base);
    }

    @Override
    public byte[] breakpoint() {
      return Arrays.copyOf(super.breakpoint(), 8);
    }
  }

  private static final class HandsOutOriginal extends MutantProbe {
    private final byte[] original = super.original();

    HandsOutOriginal(PreparedProbe base) {
      super(base);
    }

    @Override
    public byte[] original() {
      return original;
    }
  }

  private static final class Alternates extends MutantArchitecture {
    private final Map<Integer, Integer> calls = new ConcurrentHashMap<>();

    @Override
    public PreparedProbe prepare(Preparation preparation) {
      PreparedProbe right = super.prepare(preparation);
      boolean second = calls.merge(Site.word(right.original(), 0), 1, Integer::sum) % 2 == 0;
      return second && right.tiers().contains(Tier.BOOSTED) ? withoutEmulation(right) : right;
    }

    private static PreparedProbe withoutEmulation(PreparedProbe right) {
      Set<Tier> tiers = EnumSet.copyOf(right.tiers());
      tiers.remove(Tier.EMULATED);
      return MutantProbe.withTiers(right, tiers);
    }
  }

  private static final class WritesCopy extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      PreparedProbe right = super.prepare(preparation);
      if (preparation.original() instanceof TextMemory memory) {
        memory.write(right.copy().start(), right.copy().bytes());
      }
      return right;
    }
  }

  private static final class TakesMore extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      SlotAllocator less =
          (bytes, within) ->
              preparation
                  .slots()
                  .allocate(bytes / 2, within)
                  .map(slot -> new Slot(slot.address(), bytes));
      return super.prepare(with(preparation, preparation.original(), less));
    }
  }

  static Preparation with(Preparation preparation, TextReader original, SlotAllocator slots) {
    return new Preparation(
        preparation.address(),
        original,
        slots,
        preparation.islands(),
        preparation.function(),
        preparation.returnsIntoBuffers());
  }

  /** A mutant that refuses in other words. */
  private abstract static class Refuses extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      try {
        return super.prepare(preparation);
      } catch (RefusedException refused) {
        throw refused(instead(refused.refusal()));
      }
    }

    abstract Refusal instead(Refusal right);
  }

  private static final class NoAdvice extends Refuses {
    @Override
    Refusal instead(Refusal right) {
      return right instanceof Refusal.Undecodable
          ? new Refusal.Unmovable(right.culprit(), right.code(), right.rule(), "")
          : right;
    }
  }

  private static final class NoBytes extends Refuses {
    @Override
    Refusal instead(Refusal right) {
      Culprit empty = new Culprit(right.culprit().address(), "", "");
      return right instanceof Refusal.Undecodable undecodable
          ? new Refusal.Undecodable(empty, undecodable.decoderSays())
          : right;
    }
  }

  private static final class SentenceForCode extends Refuses {
    @Override
    Refusal instead(Refusal right) {
      return right instanceof Refusal.Undecodable
          ? new Refusal.Unmovable(right.culprit(), right.rule(), right.rule(), right.advice())
          : right;
    }
  }

  private static final class WindowWithoutRule extends MutantArchitecture {
    @Override
    public io.github.optprobe.arch.WindowPlan planWindow(Preparation preparation) {
      Culprit culprit = culprit(preparation.original(), preparation.address());
      if (Site.isAuipc(
          Site.word(preparation.original().readFully(culprit.address().value(), 4), 0))) {
        throw refused(new Refusal.Unmovable(culprit, "RISCV_AUIPC", "", ""));
      }
      return super.planWindow(preparation);
    }
  }

  private static final class Zeros extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      TextReader whole =
          (address, into, offset, length) -> {
            byte[] there = new byte[length];
            preparation.original().read(address, there, 0, length);
            System.arraycopy(there, 0, into, offset, length);
            return length;
          };
      return super.prepare(with(preparation, whole, preparation.slots()));
    }
  }

  private static final class Throws extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      preparation.original().readFully(preparation.address().value(), 4);
      return super.prepare(preparation);
    }
  }

  private static final class NoMemory extends Refuses {
    @Override
    Refusal instead(Refusal right) {
      return right instanceof Refusal.NoMemoryInReach
          ? new Refusal.Unmovable(right.culprit(), "RISCV_STUCK", "it is stuck", "Move it.")
          : right;
    }
  }

  private static final class OwnMemory extends MutantArchitecture {
    @Override
    public PreparedProbe prepare(Preparation preparation) {
      SlotAllocator always =
          (bytes, within) ->
              preparation
                  .slots()
                  .allocate(bytes, within)
                  .or(
                      () ->
                          java.util.Optional.of(
                              new Slot(preparation.address().value() + 0x1000, bytes)));
      return super.prepare(with(preparation, preparation.original(), always));
    }
  }

  private static final class NoBufferMemory extends MutantArchitecture {
    @Override
    public io.github.optprobe.arch.PreparedDetour prepareDetour(
        io.github.optprobe.arch.WindowPlan plan,
        Preparation preparation,
        io.github.optprobe.arch.Gate gate) {
      try {
        return super.prepareDetour(plan, preparation, gate);
      } catch (RefusedException refused) {
        Refusal why = refused.refusal();
        throw refused(new Refusal.OutOfReach(why.culprit(), preparation.address().value()));
      }
    }
  }
}
