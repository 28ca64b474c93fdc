package io.github.optprobe.examples.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.testkit.conformance.ArchitectureConformance;
import io.github.optprobe.testkit.conformance.KitReporting;
import io.github.optprobe.testkit.conformance.KitRule;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kit for architectures is tested: for every rule there is a broken architecture that it
 * catches, and the rules that catch one are those that the catalogue names, and no others.
 */
@Tag("corpus")
class ArchitectureMutantsTest {

  @BeforeAll
  static void keepQuiet() {
    System.setProperty(KitReporting.QUIET, "true");
  }

  @AfterAll
  static void speakAgain() {
    System.clearProperty(KitReporting.QUIET);
  }

  static Stream<Mutant> mutants() {
    return Stream.of(
            ReadingMutants.all(),
            PreparingMutants.all(),
            WindowMutants.all(),
            PatchingMutants.all(),
            RelocationMutants.all(),
            RegistryMutants.all(),
            CapabilityMutants.all())
        .flatMap(each -> each);
  }

  /** Each rule once: in each build. */
  static Stream<Mutant> oneForEachRule() {
    Set<String> covered = new TreeSet<>();
    return mutants().filter(mutant -> covered.addAll(mutant.rules()));
  }

  @ParameterizedTest
  @MethodSource("oneForEachRule")
  void is_caught_by_the_rules_meant_for_it(Mutant mutant) {
    requireCaught(mutant);
  }

  /** All of them: relocation alone has dozens. */
  @Tag("campaign")
  @ParameterizedTest
  @MethodSource("mutants")
  void every_one_is_caught_by_the_rules_meant_for_it(Mutant mutant) {
    requireCaught(mutant);
  }

  private static void requireCaught(Mutant mutant) {
    KitRun run = KitRun.on(mutant);
    assertThat(run.failed()).as(run.messages()).isEqualTo(mutant.rules());
  }

  @Test
  void what_is_not_broken_fails_no_rule() {
    for (Mutant whole :
        Stream.of(MutantsThatAreNone.PLAIN, MutantsThatAreNone.TWO_FORMS).toList()) {
      KitRun run = KitRun.on(whole);
      assertThat(run.failed()).as(run.messages()).isEmpty();
    }
  }

  @Test
  void every_rule_catches_something() {
    Set<String> caught =
        mutants()
            .flatMap(mutant -> mutant.rules().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(caught).containsExactlyElementsOf(rules());
  }

  @Test
  void a_failure_shows_rule_picture_differences_and_replays() {
    String executed = messages("A301: a branch back");
    assertThat(executed)
        .contains("A301 (optional): a boosted copy does what the original does")
        .containsPattern("\\+0 +([0-9a-f]{2} ){4} +b[a-z]+ ")
        .containsPattern("\\n +pc +\\+0x0 +\\S+ ≠ \\S+")
        .containsPattern("\\./optprobe replay --isa rv64i --hex [0-9a-f]{16} --seed 0x[0-9a-f]+\\R")
        .contains("why: testkit/RULES.md#a301")
        .containsPattern("alone: mvn test -Dtest='Subject#optional_a301_\\w+' -Doptprobe.seed=0x");
    String written = messages("A200: arming leaves");
    assertThat(written)
        .contains("A200 (required): arming writes the breakpoint and nothing else")
        .containsPattern("\\+4 +([0-9a-f]{2} ){4} +[a-z]+")
        .contains("armed, the text at +0x10 is 13, not 73")
        .containsPattern("\\./optprobe replay --isa rv64i --hex [0-9a-f]{16} --seed 0x[0-9a-f]+\\R")
        .contains("why: testkit/RULES.md#a200");
  }

  private static String messages(String start) {
    Mutant mutant =
        mutants().filter(each -> each.toString().startsWith(start)).findFirst().orElseThrow();
    return KitRun.on(mutant).messages();
  }

  @Test
  void who_breaks_several_rules_has_a_reason() {
    assertThat(mutants()).allMatch(mutant -> mutant.rules().size() == 1 == mutant.why().isEmpty());
  }

  private static Set<String> rules() {
    return Arrays.stream(ArchitectureConformance.class.getMethods())
        .map(method -> KitRule.of(method.getName()))
        .flatMap(Optional::stream)
        .map(KitRule::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
