package io.github.optprobe.testkit.conformance;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule of the conformance kit, as the name of its test method says it: {@code
 * required_t001_read_returns_what_was_written}.
 *
 * @param number a letter and three digits, such as {@code T001}; its anchor in {@code RULES.md} is
 *     the same in lower case
 * @param grade how binding it is
 * @param sentence what it asks for, in plain words
 * @param method the name of its test method
 */
public record KitRule(String number, KitGrade grade, String sentence, String method) {
  private static final Pattern NAME =
      Pattern.compile("(required|optional|stochastic)_([a-z]\\d{3})_(\\w+)");

  /**
   * The rule that a test method of the kit stands for.
   *
   * @return the rule, or empty if the method has another kind of name
   */
  public static Optional<KitRule> of(String methodName) {
    Matcher name = NAME.matcher(methodName);
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new KitRule(
            name.group(2).toUpperCase(Locale.ROOT),
            KitGrade.valueOf(name.group(1).toUpperCase(Locale.ROOT)),
            name.group(3).replace('_', ' '),
            methodName));
  }

  /** The anchor of its text and reason in {@code RULES.md}. */
  public String anchor() {
    return number.toLowerCase(Locale.ROOT);
  }

  /** Number, grade and sentence, as the first line of a failure has them. */
  @Override
  public String toString() {
    return "%s (%s): %s".formatted(number, grade, sentence);
  }
}
