package io.github.optprobe.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * The kit is tested: for every rule there is a broken text memory that it catches, and the rules
 * that catch one are those that are named here, and no others.
 */
@Tag("corpus")
class BrokenTextsTest {

  @BeforeAll
  static void keepQuiet() {
    System.setProperty(KitReporting.QUIET, "true");
  }

  @AfterAll
  static void speakAgain() {
    System.clearProperty(KitReporting.QUIET);
  }

  private static final Set<TextCapability> ALL =
      EnumSet.complementOf(EnumSet.of(TextCapability.REPORTS_QUIESCENCE));

  /** A way to be broken. */
  record Broken(
      String name, UnaryOperator<TextMemory> how, Set<TextCapability> claims, String rules) {
    @Override
    public String toString() {
      return name + ": " + rules;
    }
  }

  private static Broken broken(String rules, UnaryOperator<TextMemory> how) {
    return broken(rules, how, ALL);
  }

  private static Broken broken(
      String rules, UnaryOperator<TextMemory> how, Set<TextCapability> claims) {
    String name = how.apply(BrokenTexts.whole()).getClass().getSimpleName();
    return new Broken(name, how, claims, rules);
  }

  static Stream<Broken> reading() {
    return Stream.of(
        broken("T001", BrokenTexts.ReadsOneLine::new),
        broken("T002", BrokenTexts.ErrorNumber::new),
        broken("T003", BrokenTexts.ClearsTheRest::new),
        broken("T004", BrokenTexts.AllOrNothingRead::new),
        broken("T005", BrokenTexts.SkipsGaps::new),
        broken("T006", BrokenTexts.FillsUp::new),
        broken("T007", BrokenTexts.HandsOutItsCache::new));
  }

  static Stream<Broken> writing() {
    return Stream.of(
        broken("T008, T024, T044, T045", BrokenTexts.WritesHalfwords::new),
        broken("T009", BrokenTexts.KeepsTheArray::new),
        broken("T010", BrokenTexts.TakesNoneForOne::new),
        broken("T004, T011, T015", BrokenTexts.OffByOne::new),
        broken("T012", BrokenTexts.NamesAnotherAddress::new),
        broken("T013", BrokenTexts.CutsOffTheFront::new),
        broken("T014", BrokenTexts.MarksFailures::new),
        broken("T015", BrokenTexts.WritesAPart::new),
        broken("T016", BrokenTexts.GivesUp::new),
        broken("T017", BrokenTexts.ThreeBytes::new),
        broken("T018", BrokenTexts.FlushesNothing::new),
        broken("T044", BrokenTexts.WritesBytesOnce::new),
        broken("T045", BrokenTexts.WritesFourForTwo::new));
  }

  static Stream<Broken> allocating() {
    return Stream.of(
        broken("T019, T020, T022, T023, T024", BrokenTexts.OnePage::new),
        broken("T020", BrokenTexts.NothingNear::new),
        broken("T021, T025", BrokenTexts.OverTheEnd::new),
        broken("T021, T025, T026, T027", BrokenTexts.Anywhere::new),
        broken("T022", BrokenTexts.WithHeaders::new),
        broken("T023, T032", BrokenTexts.HandsOutTwice::new),
        broken("T024, T032", BrokenTexts.ReadOnly::new),
        broken("T025", BrokenTexts.InsideTheCode::new),
        broken("T026, T027", BrokenTexts.NeverFull::new),
        broken("T027", BrokenTexts.Leaks::new),
        broken("T028", BrokenTexts.AtLeastSomething::new),
        broken("T029", BrokenTexts.FreesTwice::new),
        broken("T030", BrokenTexts.FreesCode::new),
        broken("T031", BrokenTexts.FreesByPage::new),
        broken("T032", BrokenTexts.ClearsAnother::new),
        broken("T033, T034", text -> text, Set.of()),
        broken("T034", text -> text, Set.of(TextCapability.ALLOCATES)));
  }

  static Stream<Broken> others() {
    Set<TextCapability> reports =
        Set.of(TextCapability.ALLOCATES_NEAR, TextCapability.REPORTS_QUIESCENCE);
    return Stream.of(
        broken("T035", BrokenTexts.NeverQuiet::new),
        broken("T036", BrokenTexts.ForgetsTheView::new),
        broken("", text -> new BrokenTexts.OneCpu(text, BrokenTexts.OneCpu.Answer.RIGHT), reports),
        broken(
            "T037",
            text -> new BrokenTexts.OneCpu(text, BrokenTexts.OneCpu.Answer.NOWHERE),
            reports),
        broken(
            "T038",
            text -> new BrokenTexts.OneCpu(text, BrokenTexts.OneCpu.Answer.EVERYWHERE),
            reports),
        broken(
            "T039", text -> new BrokenTexts.OneThread(text, BrokenTexts.OneThread.Refused.READING)),
        broken(
            "T040", text -> new BrokenTexts.OneThread(text, BrokenTexts.OneThread.Refused.ASKING)),
        broken("T041", BrokenTexts.StoresHalves::new),
        broken("T017, T043", BrokenTexts.GrowsWider::new),
        broken("T042, T043, T044", BrokenTexts.ReadsFiveBackwards::new));
  }

  private static Stream<Broken> all() {
    return Stream.of(reading(), writing(), allocating(), others()).flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource({"reading", "writing", "allocating", "others"})
  void is_caught_by_the_rules_meant_for_it(Broken broken) {
    Outcome outcome = Outcome.of(broken);
    assertThat(outcome.failed()).as(outcome.messages()).isEqualTo(broken.rules());
  }

  @Test
  void a_failure_says_the_rule_and_the_way_to_try_it_alone() {
    Outcome outcome = Outcome.of(broken("T012", BrokenTexts.NamesAnotherAddress::new));
    assertThat(outcome.messages())
        .isEqualTo(
            """
            T012 (required): a write across the end fails
              the exception names address 0x400100, not 0x4000fc
              why: testkit/RULES.md#t012
              alone: mvn test -Dtest='Subject#required_t012_a_write_across_the_end_fails'\
             -Doptprobe.seed=0x%x""",
            KitReport.configuredSeed());
    assertThat(outcome.totals())
        .matches(
            "text memory Subject: rules 40/45 pass · 1 FAILED \\(T012\\) · 4 skipped"
                + " \\(ALLOCATES present, ALLOCATES_NEAR present, REPORTS_QUIESCENCE absent\\)"
                + " · seed 0x[0-9a-f]+ · \\d+\\.\\d s");
  }

  @Test
  void every_rule_catches_something() {
    Set<String> caught =
        all()
            .flatMap(broken -> Arrays.stream(broken.rules().split(", ", -1)))
            .filter(rule -> !rule.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(caught).containsExactlyElementsOf(rules());
  }

  static Set<String> rules() {
    return Arrays.stream(TextMemoryConformance.class.getMethods())
        .map(method -> KitRule.of(method.getName()))
        .flatMap(Optional::stream)
        .map(KitRule::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the kit says of a broken text. */
  record Outcome(String failed, String messages, String totals) {
    static Outcome of(Broken broken) {
      Subject.broken = broken;
      EngineExecutionResults results =
          EngineTestKit.engine("junit-jupiter")
              .selectors(DiscoverySelectors.selectClass(Subject.class))
              .execute();
      List<Event> failures = results.testEvents().failed().list();
      return new Outcome(
          failures.stream()
              .map(event -> KitRule.of(methodName(event)).orElseThrow().number())
              .sorted()
              .collect(Collectors.joining(", ")),
          failures.stream().map(Outcome::message).collect(Collectors.joining("\n")),
          results.allEvents().reportingEntryPublished().stream()
              .map(event -> event.getRequiredPayload(ReportEntry.class))
              .map(entry -> entry.getKeyValuePairs().get(KitReporting.ENTRY))
              .collect(Collectors.joining()));
    }

    private static String methodName(Event event) {
      return event.getTestDescriptor().getDisplayName().replace("()", "");
    }

    private static String message(Event event) {
      return event
          .getRequiredPayload(TestExecutionResult.class)
          .getThrowable()
          .map(Throwable::getMessage)
          .orElseThrow();
    }
  }

  /** The kit on a broken text. */
  static final class Subject extends TextMemoryConformance {
    private static Broken broken;

    @Override
    protected TextUnderTest newText() {
      return new TextUnderTest(
          broken.how().apply(BrokenTexts.whole()),
          AddressRange.ofLength(BrokenTexts.BASE, BrokenTexts.BYTES));
    }

    @Override
    protected Collection<TextCapability> capabilities() {
      return broken.claims();
    }

    @Override
    protected void whileStandingAt(TextUnderTest under, long address, Runnable meanwhile) {
      ((BrokenTexts.OneCpu) under.text()).standAt(address, meanwhile);
    }
  }
}
