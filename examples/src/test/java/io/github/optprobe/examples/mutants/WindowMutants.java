package io.github.optprobe.examples.mutants;

import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Mutants whose windows and jumps are not what they say: A101 to A112. */
final class WindowMutants {
  private static final int BYTES = 4;

  private WindowMutants() {}

  static Stream<Mutant> all() {
    return Stream.of(
        detours("A101", "the jump is handed out, not a copy", HandsOutJump::new),
        Mutant.of("A102", "every second buffer ends in another word", OtherBuffer::new),
        detours("A110", "the window begins inside an instruction", WindowMutants::startingInside),
        Mutant.of("A110", "the plan's window is shorter than the jump's", () -> new Plans(2, 1)),
        Mutant.of("A110", "the plan counts an instruction more", () -> new Plans(BYTES, 2)),
        detours("A111", "what the jump replaces has a byte changed", WrongReplaced::new),
        Mutant.of("A112", "whatever form is asked for, it is the same", OneForm::new));
  }

  /** A mutant that changes what was prepared. */
  static final class Detours extends MutantArchitecture {
    private final UnaryOperator<PreparedDetour> change;

    Detours(UnaryOperator<PreparedDetour> change) {
      this.change = change;
    }

    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      return change.apply(super.prepareDetour(plan, preparation, gate));
    }
  }

  private static Mutant detours(String rule, String defect, UnaryOperator<PreparedDetour> change) {
    return Mutant.of(rule, defect, () -> new Detours(change));
  }

  private static PreparedDetour startingInside(PreparedDetour detour) {
    AddressRange right = detour.window();
    return MutantDetour.withWindow(detour, new AddressRange(right.first() + 2, right.last()));
  }

  private static final class HandsOutJump extends MutantDetour {
    private final byte[] jump = super.jump();

    HandsOutJump(PreparedDetour base) {
      super(base);
    }

    @Override
    public byte[] jump() {
      return jump;
    }
  }

  private static final class WrongReplaced extends MutantDetour {
    WrongReplaced(PreparedDetour base) {
      super(base);
    }

    @Override
    public byte[] replaced() {
      byte[] replaced = super.replaced();
      replaced[BYTES - 1] ^= 1;
      return replaced;
    }
  }

  private static final class OtherBuffer extends MutantArchitecture {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public PreparedDetour prepareDetour(WindowPlan plan, Preparation preparation, Gate gate) {
      PreparedDetour right = super.prepareDetour(plan, preparation, gate);
      boolean second = calls.incrementAndGet() % 2 == 0;
      // It jumps to a jump that is a copy of itself: the same effect, and other bytes.
      return second ? Site.inBuffer(right, OtherBuffer::saveTwice) : right;
    }

    /** {@code addi a1,sp,0} as {@code add a1,sp,zero}. */
    private static void saveTwice(Site site) {
      for (int i = 0; i < site.from; i++) {
        if (site.words[i] == 0x0001_0593) {
          site.words[i] = 0x0001_05b3;
        }
      }
    }
  }

  private static final class Plans extends MutantArchitecture {
    private final int bytes;
    private final int instructions;

    Plans(int bytes, int instructions) {
      this.bytes = bytes;
      this.instructions = instructions;
    }

    @Override
    public WindowPlan planWindow(Preparation preparation) {
      WindowPlan right = super.planWindow(preparation);
      AddressRange window = AddressRange.ofLength(right.window().first(), bytes);
      return new MutantPlan(right, window, instructions);
    }
  }

  /** Has two forms of jumps, and plans for each as for the first. */
  static class OneForm extends MutantArchitecture {
    static final JumpForm SHORT = new JumpForm("c.j", 2, "within 2 KiB");

    @Override
    public List<JumpForm> otherForms(Refusal why) {
      return List.of(SHORT);
    }

    @Override
    public WindowPlan planWindow(Preparation preparation, JumpForm form) {
      return planWindow(preparation);
    }
  }

  /** Has two forms of jumps, and refuses the other one. */
  static final class TwoForms extends OneForm {
    @Override
    public WindowPlan planWindow(Preparation preparation, JumpForm form) {
      throw new RefusedException(
          new Refusal.WindowLeavesFunction(
              culprit(preparation.original(), preparation.address()), "sample", 1));
    }
  }
}
