package io.github.optprobe.x86.jna32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Tier;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.libc.GuestAbortException;
import io.github.optprobe.testkit.oracle.Observation;
import io.github.optprobe.testkit.oracle.Scenario;
import io.github.optprobe.text.TextException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real 32-bit code: the library for linux-x86 inside the JNA jar. Probes on the instructions of the
 * functions that the workloads enter, one at a time and many at once, in each tier; every run is
 * compared with the unprobed one, every probe's hits with how often the unprobed run executed its
 * instruction. All functions are then called with random words, and end as they do unprobed.
 */
@Tag("corpus")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JnaSweepTest {
  private static final int LEAST_FUNCTIONS = 50;
  private static final int MOST_WORDS = 8;

  /** Longer runs are loops that only a fault will end. */
  private static final int MOST_STEPS = 20_000;

  /** Offset of what a call's exception is noted as, to be compared with the rest of the memory. */
  private static final int ENDED = 4000;

  private JnaSweep sweep;

  @BeforeAll
  void load() {
    sweep = new JnaSweep();
    System.out.println(Table.heading());
  }

  @AfterAll
  void close() {
    if (sweep != null) {
      sweep.close();
    }
  }

  @Test
  void the_unprobed_library_computes_what_it_should() {
    byte[] memory = new byte[2048];
    new Random(1).nextBytes(memory);
    memory[42] = (byte) 0xA7;
    int expected = 0;
    while (memory[expected] != (byte) 0xA7) {
      expected++;
    }
    assertThat(sweep.unprobed(Workload.FIND_A_BYTE).results().get(0)).isEqualTo(expected);
    assertThat(sweep.unprobed(Workload.SIZES_AND_HEAP).results().subList(0, 4))
        .as("pointer, long, wchar_t, size_t")
        .containsExactly(4L, 4L, 4L, 4L);
  }

  @Test
  void the_guests_formatting_takes_two_words_for_a_long_long_only() {
    long snprintf = sweep.library.image.importAddresses().get("snprintf");
    byte[] format = "%d %lld %lu %zu %x\0".getBytes(StandardCharsets.US_ASCII);
    byte[] result = "-1 4294967298 3 4 5\0".getBytes(StandardCharsets.US_ASCII);
    Observation run =
        sweep.unprobed(
            guest -> {
              Calls calls = new Calls(sweep.library, guest);
              sweep.library.target.writeBytes(calls.at(0), format);
              guest.call(snprintf, calls.at(100), 64, calls.at(0), -1, 2, 1, 3, 4, 5);
            },
            1);
    assertThat(run.results()).containsExactly(result.length - 1L);
    assertThat(sweep.library.target.readBytes(sweep.library.scratch + 100, result.length))
        .isEqualTo(result);
  }

  @Test
  void the_workloads_enter_at_least_fifty_functions() {
    Set<String> entered = new TreeSet<>();
    sweep.enteredFunctions().forEach(function -> entered.add(function.name()));
    System.out.printf("%d functions entered: %s%n", entered.size(), entered);
    assertThat(entered).hasSizeGreaterThanOrEqualTo(LEAST_FUNCTIONS);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void one_probe_at_a_time_changes_nothing_and_misses_nothing(Tier tier) {
    Table table = new Table("one at a time", tier);
    sweep.probeEach(tier, table);
    System.out.println(table);
    assertThat(table.differences()).isEmpty();
    assertThat(table.inTier()).isPositive();
    assertThat(table.executed()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void all_probes_at_once_change_nothing_and_execute_the_same_path(Tier tier) {
    Table table = new Table("all at once", tier);
    for (Workload workload : Workload.values()) {
      sweep.probeAll(workload, tier, table);
    }
    System.out.println(table);
    assertThat(table.differences()).isEmpty();
    assertThat(table.inTier()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOSTED", "OPTIMIZED"})
  void every_boundary_of_every_function_is_accepted_or_refused_by_a_rule(Tier tier) {
    Table table = new Table("each of all, prepared", tier);
    sweep.prepareEach(tier, table);
    System.out.println(table);
    assertThat(table.inTier()).isPositive();
  }

  /**
   * Most of these calls end in a fault, wherever their random words lead; the same with probes.
   * What the stack holds then is not compared: locals that nobody has written hold what a detour
   * buffer saved there when it was below the stack pointer. For the same reason a call is left out
   * if, unprobed, it ends differently when such memory has other contents.
   */
  @ParameterizedTest
  @EnumSource(names = {"SINGLE_STEP", "BOOSTED", "OPTIMIZED"})
  void all_functions_called_with_random_words_end_as_they_do_unprobed(Tier tier) {
    Table table = new Table("random calls, all at once", tier);
    int called = 0;
    int unsteady = 0;
    for (CodeMap.Function function : sweep.library.image.functions()) {
      long seed = function.body().first();
      Scenario scenario = randomCall(function, seed, 0);
      Observation unprobed = sweep.unprobed(scenario, seed);
      boolean endless = unprobed.path().size() >= MOST_STEPS;
      if (!endless && !sweep.isSame(unprobed, randomCall(function, seed, 0xA5), seed)) {
        unsteady++;
      } else if (!endless) {
        called++;
        sweep.probeAll(scenario, seed, unprobed, tier, table);
      }
    }
    System.out.printf(
        "%s, %d functions, %d more depend on unwritten memory%n", table, called, unsteady);
    assertThat(table.differences()).isEmpty();
    assertThat(table.inTier()).isPositive();
    assertThat(called).isGreaterThan(LEAST_FUNCTIONS);
  }

  private Scenario randomCall(CodeMap.Function function, long seed, int unwritten) {
    return guest -> {
      Calls calls = new Calls(sweep.library, guest);
      calls.fillStack(unwritten);
      FfiTypes.write(calls);
      Random random = new Random(seed);
      long[] words = new long[MOST_WORDS];
      for (int i = 0; i < words.length; i++) {
        boolean pointer = random.nextInt(3) > 0;
        words[i] = pointer ? calls.at(random.nextInt(512) * 4) : random.nextInt(9);
      }
      words[0] = random.nextBoolean() ? sweep.library.environment : words[0];
      String end = "returned";
      try {
        guest.call(function.body().first(), words);
      } catch (GuestFaultException fault) {
        end = fault.kind() + " at " + (fault.address() == fault.pc() ? "pc" : fault.address());
      } catch (TextException | GuestAbortException | IllegalStateException hosts) {
        // A wild pointer, or an unknown block to free, in a function that is written in Java.
        end = hosts.toString();
      }
      calls.fillStack(0);
      calls.store(ENDED, end.hashCode());
    };
  }
}
