package io.github.optprobe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.optprobe.toy.Program;
import io.github.optprobe.toy.RandomProgram;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random sequences of everything that can be done to probes, on random programs, against a model. A
 * sequence that fails is made as short as it gets, and so is its program.
 *
 * <p>One sequence again: {@code -Doptprobe.seed=}the printed seed. More of them: {@code
 * -Doptprobe.sequences=}.
 */
class RandomModelTest {
  private static final long BASE = 0x4000;
  private static final int SEQUENCES = Integer.getInteger("optprobe.sequences", 4000);
  private static final int STEPS = 16;

  @Test
  void registryAgreesWithTheModelAfterEveryOperation() {
    Long one = Long.getLong("optprobe.seed");
    long first = one != null ? one : System.nanoTime();
    for (long seed = first; seed < first + (one != null ? 1 : SEQUENCES); seed++) {
      new Sequence(seed, Model::new).run();
    }
  }

  /** Models that are wrong about one thing each: the shortest proof is demanded. */
  private enum Defect implements Models {
    POST_HANDLER_IS_NO_OBSTACLE(1) {
      @Override
      public Model model(Program program, boolean lazy) {
        return new Model(program, lazy) {
          @Override
          boolean permitsJump(Plan plan) {
            return plan.kind() == Plan.Kind.WITH_POST_HANDLER || super.permitsJump(plan);
          }
        };
      }
    },
    PROBE_IN_THE_WINDOW_IS_NO_OBSTACLE(2) {
      @Override
      public Model model(Program program, boolean lazy) {
        return new Model(program, lazy) {
          @Override
          boolean isObstructed(long address) {
            return false;
          }
        };
      }
    },
    DISARMED_PROBES_RUN(2) {
      @Override
      public Model model(Program program, boolean lazy) {
        return new Model(program, lazy) {
          @Override
          @Nullable Class<?> apply(Operation operation) {
            return operation instanceof Operation.ArmAll ? null : super.apply(operation);
          }
        };
      }
    },
    NESTED_HITS_ARE_NOT_COUNTED(2) {
      @Override
      public Model model(Program program, boolean lazy) {
        return new Model(program, lazy) {
          @Override
          void miss(List<Long> met) {}
        };
      }
    };

    private final int operations;

    Defect(int operations) {
      this.operations = operations;
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrongModelIsFoundOutAndTheSequenceShrunk(Defect defect) {
    assertThatExceptionOfType(Counterexample.class)
        .isThrownBy(
            () -> {
              for (long seed = 0; seed < 1000; seed++) {
                new Sequence(seed, defect).run();
              }
            })
        .satisfies(
            found -> {
              assertThat(found.operations).hasSizeLessThanOrEqualTo(defect.operations + 1);
              assertThat(found).hasMessageContaining("-Doptprobe.seed=" + found.seed);
              assertThat(found).hasMessageContaining("Register");
            });
  }

  private interface Models {
    Model model(Program program, boolean lazy);
  }

  /** One seed: half of them are lazy registries. */
  private static final class Sequence {
    private final long seed;
    private final Models models;
    private final boolean lazy;

    Sequence(long seed, Models models) {
      this.seed = seed;
      this.models = models;
      lazy = (seed & 1) != 0;
    }

    void run() {
      Program program = program(Set.of());
      List<Operation> operations = new RandomSequence(program, new Random(seed)).operations(STEPS);
      if (failure(operations, Set.of()) != null) {
        shrink(operations);
      }
    }

    private Program program(Set<Integer> blanked) {
      return new RandomProgram(BASE, new Random(seed), blanked);
    }

    private @Nullable Throwable failure(List<Operation> operations, Set<Integer> blanked) {
      try {
        Program program = program(blanked);
        Subject subject = new Subject(program, lazy, models.model(program, lazy));
        operations.forEach(subject::apply);
        subject.drain();
        subject.apply(new Operation.Run());
        subject.close();
        return null;
      } catch (RuntimeException | AssertionError failed) {
        return failed;
      }
    }

    private void shrink(List<Operation> operations) {
      List<Operation> few =
          Shrinker.shrink(operations, some -> failure(some, Set.of()) != null, Operation::smaller);
      Set<Integer> blanked = new HashSet<>();
      for (int i = 0; i < 2 * STEPS; i++) {
        blanked.add(i);
        if (failure(few, blanked) == null) {
          blanked.remove(i);
        }
      }
      throw new Counterexample(this, few, blanked, failure(few, blanked));
    }

    String describe(List<Operation> operations, Set<Integer> blanked) {
      return "replay with -Doptprobe.seed=%d; %s registry, text %s:\n%s"
          .formatted(
              seed,
              lazy ? "lazy" : "eager",
              program(blanked).asm(),
              operations.stream().map(each -> "  " + each).collect(Collectors.joining("\n")));
    }
  }

  /** The shortest sequence that was found. */
  private static final class Counterexample extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final transient List<Operation> operations;
    private final long seed;

    Counterexample(
        Sequence sequence,
        List<Operation> operations,
        Set<Integer> blanked,
        @Nullable Throwable cause) {
      super(sequence.describe(operations, blanked), cause);
      this.operations = operations;
      seed = sequence.seed;
    }
  }
}
