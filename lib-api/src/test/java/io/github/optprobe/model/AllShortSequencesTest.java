package io.github.optprobe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.Program;
import io.github.optprobe.toy.StraightProgram;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every legal sequence of operations up to a length, over four probes that are in each other's way,
 * against the model. Found like this were the contracts that the kernel's core breaks, with up to
 * six operations.
 *
 * <p>{@code -Doptprobe.length=} sets the length of the campaign; 5 if it is not given.
 */
class AllShortSequencesTest {
  private static final long BASE = 0x4000;
  private static final Program PROGRAM = StraightProgram.at(BASE, 9);

  /** A; B inside the window of A; C at A's address, with a post-handler; D there, disabled. */
  private static final List<Plan> PLANS =
      List.of(
          new Plan(0, BASE + 1, Plan.Kind.PLAIN),
          new Plan(1, BASE + 3, Plan.Kind.PLAIN),
          new Plan(2, BASE + 1, Plan.Kind.WITH_POST_HANDLER),
          new Plan(3, BASE + 1, Plan.Kind.DISABLED));

  /** How many legal sequences there are, by length, from none on. */
  private static final long[] COUNTS = {1, 8, 73, 694, 6_736, 66_217, 656_429};

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySequenceOfUpToFourOperationsAgreesWithTheModel(boolean lazy) {
    for (int length = 0; length <= 4; length++) {
      assertThat(new Search(length, lazy).run()).isEqualTo(COUNTS[length]);
    }
  }

  @Tag("campaign")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyLongerSequenceAgreesWithTheModel(boolean lazy) {
    int length = Integer.getInteger("optprobe.length", 5);
    assertThat(new Search(length, lazy).run()).isEqualTo(COUNTS[length]);
  }

  /** All sequences of one length. */
  private static final class Search {
    private final int length;
    private final boolean lazy;
    private final List<Operation> operations = new ArrayList<>();
    private long sequences;

    Search(int length, boolean lazy) {
      this.length = length;
      this.lazy = lazy;
    }

    long run() {
      extend(Wish.NONE);
      return sequences;
    }

    private void extend(Wish wish) {
      if (operations.size() == length) {
        sequences++;
        check();
        return;
      }
      wish.next().forEach(this::extend);
    }

    private void extend(Step step) {
      operations.add(step.operation());
      extend(step.after());
      operations.remove(operations.size() - 1);
    }

    /** What comes after a part of a sequence has been compared where that part was the whole. */
    private void check() {
      try {
        Subject subject = new Subject(PROGRAM, lazy, new Model(PROGRAM, lazy));
        operations.subList(0, Math.max(0, length - 1)).forEach(subject::change);
        operations.subList(Math.max(0, length - 1), length).forEach(subject::apply);
        subject.drain();
        subject.apply(new Operation.Run());
        subject.close();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError((lazy ? "lazy: " : "eager: ") + operations, failure);
      }
    }
  }

  /** An operation, and what is asked for behind it. */
  private record Step(Operation operation, Wish after) {}

  /**
   * What is asked for, as far as it decides which operations are legal.
   *
   * @param probes one digit for each probe: 0 not registered, 1 disabled, 2 enabled, 3 gone
   */
  private record Wish(List<Integer> probes, boolean armed, boolean optimizing) {
    static final Wish NONE = new Wish(List.of(0, 0, 0, 0), true, true);

    List<Step> next() {
      List<Step> steps = new ArrayList<>();
      for (Plan plan : PLANS) {
        addStepsOf(plan, steps);
      }
      addBatch(steps);
      steps.add(new Step(new Operation.RunOptimizer(false), this));
      steps.add(new Step(new Operation.ArmAll(!armed), new Wish(probes, !armed, optimizing)));
      steps.add(
          new Step(new Operation.Optimizing(!optimizing), new Wish(probes, armed, !optimizing)));
      addRemoval(steps);
      return steps;
    }

    private void addStepsOf(Plan plan, List<Step> steps) {
      int id = plan.id();
      switch (probes.get(id)) {
        case 0 -> steps.add(new Step(new Operation.Register(List.of(plan)), with(id, start(plan))));
        case 1 -> steps.add(new Step(new Operation.Enable(id, true), with(id, 2)));
        case 2 -> steps.add(new Step(new Operation.Enable(id, false), with(id, 1)));
        default -> {}
      }
      if (probes.get(id) != 0) {
        steps.add(new Step(new Operation.Unregister(List.of(id)), with(id, 0)));
      }
    }

    private static int start(Plan plan) {
      return plan.kind() == Plan.Kind.DISABLED ? 1 : 2;
    }

    private void addBatch(List<Step> steps) {
      boolean none = probes.get(0) == 0 && probes.get(1) == 0;
      boolean both = probes.get(0) != 0 && probes.get(1) != 0;
      if (none) {
        Operation batch = new Operation.Register(PLANS.subList(0, 2));
        steps.add(new Step(batch, with(0, 2).with(1, 2)));
      } else if (both) {
        Operation batch = new Operation.Unregister(List.of(0, 1));
        steps.add(new Step(batch, with(0, 0).with(1, 0)));
      }
    }

    /** All that the probes may have overwritten, jumps included. */
    private void addRemoval(List<Step> steps) {
      Operation removal = new Operation.RemoveText(new AddressRange(BASE + 1, BASE + 5));
      List<Integer> gone = probes.stream().map(each -> each == 0 ? 0 : 3).toList();
      if (!gone.equals(probes)) {
        steps.add(new Step(removal, new Wish(gone, armed, optimizing)));
      }
    }

    private Wish with(int id, int what) {
      List<Integer> changed = new ArrayList<>(probes);
      changed.set(id, what);
      return new Wish(List.copyOf(changed), armed, optimizing);
    }
  }
}
