package io.github.optprobe.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KitReportTest {
  private static final KitRule FIRST = KitRule.of("required_t001_it_holds").orElseThrow();
  private static final KitRule SECOND = KitRule.of("optional_t002_it_is_there").orElseThrow();
  private static final KitRule THIRD = KitRule.of("stochastic_t003_it_goes_on").orElseThrow();

  private final AtomicLong clock = new AtomicLong();
  private final KitReport report = new KitReport("text memory", "Mine", 0x5eed, clock::get);

  @Test
  void a_rule_is_read_from_the_name_of_its_test() {
    assertThat(SECOND.number()).isEqualTo("T002");
    assertThat(SECOND.grade()).isEqualTo(KitGrade.OPTIONAL);
    assertThat(SECOND.anchor()).isEqualTo("t002");
    assertThat(SECOND).hasToString("T002 (optional): it is there");
    assertThat(KitRule.of("t002_it_is_there")).isEmpty();
    assertThat(KitRule.of("required_t2_short")).isEmpty();
  }

  @Test
  void the_totals_say_what_passed_and_what_was_skipped_and_why() {
    report.passed(FIRST);
    report.passed(SECOND);
    report.skipped(THIRD, "NEAR absent");
    clock.set(840_000_000L);
    assertThat(report)
        .hasToString(
            "text memory Mine: rules 2/3 pass · 1 skipped (NEAR absent) · seed 0x5eed · 0.8 s");
    assertThat(report.skips()).containsExactly("T003");
    assertThat(report.failures()).isEmpty();
  }

  @Test
  void a_rule_of_many_cases_fails_by_one_and_is_skipped_by_all() {
    report.passed(FIRST);
    report.failed(FIRST);
    report.skipped(SECOND, "absent here");
    report.passed(SECOND);
    report.failed(THIRD);
    assertThat(report.totals())
        .startsWith("text memory Mine: rules 1/3 pass · 2 FAILED (T001, T003) ·");
    assertThat(report.failures()).containsExactly("T001", "T003");
    assertThat(report.skips()).isEmpty();
  }

  @Test
  void whatever_is_counted_is_told_in_the_order_of_its_coming() {
    report.passed(FIRST);
    report.count("cases", 1_204_000);
    report.count("decode entries", 180, 187);
    report.count("cases", 331);
    report.count("decode entries", 7, 187);
    assertThat(report.totals())
        .contains("rules 1/1 pass · cases 1,204,331 · decode entries 187/187 · seed");
  }

  @Test
  void every_rule_has_its_text_and_reason_and_every_text_its_rule() throws IOException {
    requireDocumented(TextMemoryConformance.class, "t");
    requireDocumented(ArchitectureConformance.class, "a");
  }

  private static void requireDocumented(Class<?> kit, String letter) throws IOException {
    List<String> rules = new ArrayList<>();
    Arrays.stream(kit.getMethods())
        .flatMap(method -> KitRule.of(method.getName()).stream())
        .sorted((one, other) -> one.number().compareTo(other.number()))
        .forEach(rule -> rules.add("### " + rule));
    String text = Files.readString(Path.of("RULES.md"), StandardCharsets.UTF_8);

    assertThat(
            text.lines().filter(line -> line.startsWith("### " + letter.toUpperCase(Locale.ROOT))))
        .isEqualTo(rules);
    assertThat(text.lines().filter(line -> line.startsWith("<a id=\"" + letter)))
        .hasSize(rules.size())
        .doesNotHaveDuplicates();
    assertThat(text.split("\\*Why:\\*", -1).length - 1).isGreaterThanOrEqualTo(rules.size());
  }

  @Test
  void claims_imply_others() {
    assertThat(TextCapability.closure(Set.of(TextCapability.ALLOCATES_NEAR)))
        .containsExactlyInAnyOrder(TextCapability.ALLOCATES, TextCapability.ALLOCATES_NEAR);
  }
}
